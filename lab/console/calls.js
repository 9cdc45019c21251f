/** The calls, newest first, beside the one that was chosen. */

import { ask } from "./api.js";
import { callView } from "./call.js";
import { h, icon, keyed, set, show, write } from "./dom.js";
import { log } from "./log.js";
import { meter } from "./meter.js";
import { NUMBERS } from "./numbers.js";
import { ending, number, talked, timeOfDay, timer } from "./show.js";
import { storyOfGateway } from "./story.js";
import { words } from "./words.js";

/** @typedef {import("./watch.js").Call} Call */

/** What stands in the address instead of a call for the gateway's other messages. */
const GATEWAY = "gateway";

export function calls(/** @type {import("./main.js").Context} */ context) {
  const { watch } = context;
  const list = h("ul", { class: "calls", "aria-label": words.calls.list });
  const rows = keyed(list, (/** @type {Call} */ call) => row(context, call));
  const none = h("p", { class: "quiet" }, words.calls.none);
  const others = h(
    "a",
    { class: "call-row call-row--others", href: `#calls/${GATEWAY}` },
    h("strong", {}, words.calls.all),
    h("span", { class: "quiet" }, words.calls.allHint),
  );
  const agent = callAgent(context);
  const chosen = detail(context);
  const root = h(
    "div",
    { class: "split" },
    h("div", { class: "split__list" }, agent.root, h("h2", {}, words.calls.title), none, list, others),
    chosen.root,
  );
  return {
    root,
    /** Moves the focus to what was chosen. */
    focus: () => chosen.focus(),
    update(/** @type {string | undefined} */ choice) {
      show(none, watch.calls.length === 0 && watch.status === "answers");
      rows(watch.calls, ({ call_id }) => call_id);
      for (const link of root.querySelectorAll("a.call-row")) {
        set(link, "aria-current", link.getAttribute("href") === `#calls/${choice}` ? "true" : null);
      }
      set(root, "class", choice === undefined ? "split" : "split split--chosen");
      agent.update();
      chosen.update(choice);
    },
  };
}

/** A line of the list. */
function row(/** @type {import("./main.js").Context} */ { watch }, /** @type {Call} */ { call_id, direction }) {
  const incoming = direction === "incoming";
  const state = h("span", { class: "state" });
  const numbers = h("span", { class: "call-row__who" });
  const time = h("span", { class: "call-row__time" });
  const end = h("span", { class: "call-row__end" });
  const level = meter({ small: true });
  const way = incoming ? words.calls.incoming : words.calls.outgoing;
  const root = h(
    "li",
    {},
    h(
      "a",
      { class: "call-row", href: `#calls/${call_id}` },
      h("span", { class: "call-row__way", title: way }, icon(incoming ? "in" : "out"), h("span", { class: "visually-hidden" }, way)),
      numbers,
      time,
      h("span", { class: "call-row__below" }, state, end, level.root),
    ),
  );
  return {
    root,
    update(/** @type {Call} */ call) {
      const talk = talked(call, watch.now());
      write(numbers, `${number(call.from)} → ${number(call.to)}`);
      set(state, "class", `state state--${call.state}`);
      write(state, words.states[call.state] ?? call.state);
      write(time, talk === undefined ? timeOfDay(Date.parse(call.times.invited)) : timer(talk));
      write(end, call.state === "ended" ? ending(call) : "");
      level.update(call);
    },
  };
}

/** Lets the agent's phone ring. */
function callAgent(/** @type {import("./main.js").Context} */ context) {
  const caller = h("select", { id: "caller" });
  const options = keyed(caller, (/** @type {{ value: string, label: () => string }} */ { value }) => {
    const root = h("option", { value });
    return { root, update: ({ label }) => write(root, label()) };
  });
  const other = h("input", { id: "caller-number", type: "text", inputmode: "tel", autocomplete: "off", class: "masked-entry" });
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
    await context.watch.look();
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
      const callers = NUMBERS.filter(({ calls }) => calls !== undefined).map((entry) => ({
        value: entry.number,
        label: () => `${number(entry.number)}: ${entry.calls}`,
      }));
      options([...callers, { value: "", label: () => words.callAgent.other }], ({ value }) => value);
      refresh();
    },
  };
}

/** What is chosen: a call, the gateway's other messages, or nothing. */
function detail(/** @type {import("./main.js").Context} */ context) {
  const { watch } = context;
  const back = h("a", { class: "back", href: "#calls" }, icon("back"), words.calls.back);
  const hint = h("p", { class: "quiet split__hint" });
  const call = callView(context);
  const pings = h("input", { type: "checkbox", change: () => context.render() });
  const gatewayLog = log(context, words.log.allLabel);
  const gateway = h(
    "section",
    { "aria-label": words.calls.all },
    h("h2", { tabindex: "-1" }, words.calls.all),
    h("label", { class: "switch" }, pings, words.log.pings),
    gatewayLog.root,
  );
  const root = h("div", { class: "split__detail" }, back, hint, call.root, gateway);
  return {
    root,
    focus() {
      const heading = root.querySelector("section:not([hidden]) h2");
      if (heading instanceof HTMLElement) heading.focus();
    },
    update(/** @type {string | undefined} */ choice) {
      const known = watch.calls.find(({ call_id }) => call_id === choice);
      const onGateway = choice === GATEWAY;
      show(back, choice !== undefined);
      show(hint, known === undefined && !onGateway && watch.status !== "asked");
      write(hint, choice === undefined ? words.calls.choose : words.calls.gone);
      show(call.root, known !== undefined);
      show(gateway, onGateway);
      if (known !== undefined) call.update(known);
      if (onGateway) gatewayLog.update(storyOfGateway(watch.wire, pings.checked), "of day");
    },
  };
}
