/** Lets the agent's phone ring. */

import { ask } from "./api.js";
import { h, keyed, show, write } from "./dom.js";
import { number, text } from "./show.js";
import { words } from "./words.js";

export function callAgent(/** @type {import("./main.js").Context} */ context) {
  const { watch } = context;
  const caller = h("select", { id: "caller" });
  const options = keyed(caller, (/** @type {{ value: string, label: string }} */ { value }) => {
    const root = h("option", { value });
    return { root, update: ({ label }) => write(root, label) };
  });
  const other = h("input", {
    id: "caller-number",
    type: "text",
    inputmode: "tel",
    autocomplete: "off",
    class: "hides-when-masking",
  });
  const otherField = h("div", { class: "field" }, h("label", { for: "caller-number" }, words.callAgent.number), other);
  const agent = h("select", { id: "agent" });
  const agents = keyed(agent, (/** @type {{ value: string, label: string }} */ { value }) => {
    const root = h("option", { value });
    return { root, update: ({ label }) => write(root, label) };
  });
  const agentField = h("div", { class: "field" }, h("label", { for: "agent" }, words.callAgent.agent), agent);
  const refresh = () => show(otherField, caller.value === "");
  caller.addEventListener("change", refresh);
  const press = async () => {
    const from = caller.value === "" ? other.value.trim() : caller.value;
    if (!/\d/.test(from)) {
      other.focus();
      throw new Error(words.callAgent.numberNeeded);
    }
    const { call_id } = await ask("POST", "/lab/call-agent", { body: { from, ...(agent.value === "" ? {} : { user: agent.value }) } });
    await watch.look();
    context.choose(call_id);
  };
  const nobody = h("p", { class: "quiet", hidden: true }, words.callAgent.nobody);
  const root = h(
    "section",
    { class: "card call-agent", "aria-label": words.callAgent.title },
    h("div", { class: "field" }, h("label", { for: "caller" }, words.callAgent.from), caller),
    otherField,
    agentField,
    context.button(words.callAgent.press, press, { class: "primary" }),
    nobody,
  );
  return {
    root,
    update() {
      const users = [...new Set(watch.agents.map(({ user }) => user))];
      show(agentField, users.length > 1);
      const named = users.map((user) => ({ value: user, label: number(user) }));
      agents([{ value: "", label: words.callAgent.latest }, ...named], ({ value }) => value);
      show(nobody, users.length === 0 && watch.status === "answers");
      // Until they are known, the first one could not be what is chosen.
      if (watch.numbers.length === 0) return;
      // What a caller does after the answer is what its number does; without an answer there is nothing to choose.
      const talking = watch.numbers.filter(({ behaviour }) => behaviour.steps.some((step) => step.do === "answer"));
      const callers = talking.map((entry) => ({
        value: entry.number,
        label: `${number(entry.number)}: ${text(entry.behaviour.note)}`,
      }));
      options([...callers, { value: "", label: words.callAgent.other }], ({ value }) => value);
      refresh();
    },
  };
}
