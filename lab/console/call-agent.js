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
  const refresh = () => show(otherField, caller.value === "");
  caller.addEventListener("change", refresh);
  const press = async () => {
    const from = caller.value === "" ? other.value.trim() : caller.value;
    if (!/\d/.test(from)) {
      other.focus();
      throw new Error(words.callAgent.numberNeeded);
    }
    const { call_id } = await ask("POST", "/lab/call-agent", { body: { from } });
    await watch.look();
    context.choose(call_id);
  };
  const root = h(
    "section",
    { class: "card call-agent", "aria-label": words.callAgent.title },
    h("div", { class: "field" }, h("label", { for: "caller" }, words.callAgent.from), caller),
    otherField,
    context.button(words.callAgent.press, press, { class: "primary" }),
  );
  return {
    root,
    update() {
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
