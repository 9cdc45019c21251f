/** The calls, newest first, beside the one that was chosen. */

import { callAgent } from "./call-agent.js";
import { callView } from "./call.js";
import { h, icon, keyed, set, show, write } from "./dom.js";
import { log } from "./log.js";
import { meter } from "./meter.js";
import { ending, number, talked, timeOfDay, timer, way } from "./show.js";
import { storyOfGateway } from "./story.js";
import { words } from "./words.js";

/** @typedef {import("./watch.js").Call} Call */

/** What stands in the address instead of a call for the gateway's other messages. */
export const GATEWAY = "gateway";

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
      show(none, watch.announced.length === 0 && watch.status === "answers");
      rows(watch.announced, ({ call_id }) => call_id);
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
function row(/** @type {import("./main.js").Context} */ { watch }, /** @type {Call} */ made) {
  const { call_id, direction } = made;
  const state = h("span", { class: "state" });
  const numbers = h("span", { class: "call-row__who" });
  const time = h("span", { class: "call-row__time" });
  const end = h("span", { class: "call-row__end" });
  const level = meter({ small: true });
  const told = way(made);
  const root = h(
    "li",
    {},
    h(
      "a",
      { class: "call-row", href: `#calls/${call_id}` },
      h(
        "span",
        { class: "call-row__way", title: told },
        icon(direction === "incoming" ? "in" : "out"),
        h("span", { class: "visually-hidden" }, told),
      ),
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
      const word = words.states[call.state] ?? call.state;
      write(state, call.parked && call.state !== "ended" ? words.parked(word) : word);
      write(time, talk === undefined ? timeOfDay(Date.parse(call.times.invited)) : timer(talk));
      write(end, call.state === "ended" ? ending(call) : "");
      level.update(call);
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
      if (onGateway) gatewayLog.update(storyOfGateway(watch, pings.checked), "of day");
    },
  };
}
