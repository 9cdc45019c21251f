/** A list of messages, each with its details as JSON on demand. */

import { ask } from "./api.js";
import { h, icon, keyed, set, show, write } from "./dom.js";
import { json, since, span, timeOfDay } from "./show.js";
import { words } from "./words.js";

/** @typedef {import("./story.js").Entry} Entry */

/** Messages shown at once; more make the page slow and nobody reads them. */
const SHOWN = 500;
/** From so many milliseconds on a pause is named. */
const PAUSE = 2_000;

/** Each pair keeps its sides, so that the arrow tells the direction at a glance. */
const WAYS = {
  to_gateway: { left: words.log.browser, right: words.log.gateway, onward: true },
  to_browser: { left: words.log.browser, right: words.log.gateway, onward: false },
  to_server: { left: words.log.gateway, right: words.log.server, onward: true },
  from_server: { left: words.log.gateway, right: words.log.server, onward: false },
};

/** Makes an empty list. */
export function log(/** @type {import("./main.js").Context} */ context, /** @type {string} */ label) {
  const cut = h("p", { class: "quiet", hidden: true }, words.log.latest(SHOWN));
  const none = h("p", { class: "quiet" }, words.log.none);
  const list = h("ol", { class: "log", "aria-label": label });
  const rows = keyed(list, (/** @type {Timed} */ { entry }) => row(context, entry));
  return {
    root: h("div", {}, cut, none, list),
    /** Shows these, with their times since the first one, or the time of day. */
    update(/** @type {Entry[]} */ all, /** @type {"since the first" | "of day"} */ times) {
      show(cut, all.length > SHOWN);
      show(none, all.length === 0);
      const latest = all.slice(-SHOWN);
      rows(timed(latest, times === "of day" ? undefined : begin(all)), ({ entry }) => entry.key);
    },
  };
}

/** @typedef {{ entry: Entry, time: string, pause: string }} Timed */

function begin(/** @type {Entry[]} */ [first]) {
  return first === undefined ? undefined : Date.parse(first.at);
}

/** @returns {Timed[]} */
function timed(/** @type {Entry[]} */ entries, /** @type {number | undefined} */ from) {
  let before = from;
  return entries.map((entry) => {
    const at = Date.parse(entry.at);
    const passed = before === undefined ? 0 : at - before;
    before = at;
    return {
      entry,
      time: from === undefined ? timeOfDay(at) : since(at - from),
      pause: passed >= PAUSE ? words.log.later(span(passed)) : "",
    };
  });
}

function arrow(/** @type {{ left: string, right: string, onward: boolean }} */ { left, right, onward }) {
  const spoken = onward ? words.log.to(left, right) : words.log.to(right, left);
  return h(
    "span",
    { class: left === words.log.gateway ? "log__way log__way--server" : "log__way" },
    h("span", { class: "visually-hidden" }, spoken),
    h(
      "span",
      { class: "log__lanes", "aria-hidden": "true" },
      h("span", {}, left),
      icon(onward ? "right" : "left"),
      h("span", {}, right),
    ),
  );
}

function row(/** @type {import("./main.js").Context} */ context, /** @type {Entry} */ { way, webhook }) {
  const pause = h("p", { class: "log__pause" });
  const time = h("time", { class: "log__time" });
  const title = h("strong", { class: "log__title" });
  const fields = h("span", { class: "log__fields" });
  const details = h("pre", { tabindex: "0", "aria-label": words.call.ids });
  const body = h("div", { class: "log__body" }, details);
  if (webhook !== undefined) {
    const again = async () => {
      await ask("POST", `/lab/webhooks/${encodeURIComponent(webhook.id)}/again`);
      context.say(words.log.againDone);
    };
    body.prepend(context.button(words.log.again, again));
  }
  const fold = h(
    "details",
    { toggle: () => refresh() },
    h(
      "summary",
      { class: `log__line log__line--${way}` },
      time,
      arrow(WAYS[way]),
      h("span", { class: "log__said" }, title, " ", fields),
    ),
    body,
  );
  /** @type {Entry} */
  let shown;
  const refresh = () => {
    if (fold.open) write(details, json(shown.details));
  };
  const root = h("li", {}, pause, fold);
  return {
    root,
    update(/** @type {Timed} */ { entry, time: when, pause: waited }) {
      shown = entry;
      write(time, when);
      set(time, "datetime", entry.at);
      set(time, "title", entry.at);
      show(pause, waited !== "");
      write(pause, waited);
      write(title, entry.title);
      write(fields, entry.fields.join(" · "));
      set(root, "class", `log__entry log__entry--${entry.tone}`);
      refresh();
    },
  };
}
