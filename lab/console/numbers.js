/** The numbers to dial, each with what happens. */

import { h, keyed, show, write } from "./dom.js";
import { number, text } from "./show.js";
import { words } from "./words.js";

/** @typedef {import("./watch.js").Numbered} Numbered */

export function numbers(/** @type {import("./main.js").Context} */ context) {
  const { watch } = context;
  const body = h("tbody", {});
  const rows = keyed(body, (/** @type {Numbered} */ entry) => row(context, entry));
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, words.numbers.number),
    h("th", { scope: "col" }, words.numbers.happens),
    h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, words.numbers.copy)),
  );
  return {
    root: h(
      "section",
      { "aria-label": words.numbers.title },
      h("h2", {}, words.numbers.title),
      h("p", { class: "quiet" }, words.numbers.note),
      h("table", { class: "numbers" }, h("thead", {}, head), body),
    ),
    update: () => rows(watch.numbers, (entry) => entry.number),
  };
}

function row(/** @type {import("./main.js").Context} */ context, /** @type {Numbered} */ entry) {
  const name = h("th", { scope: "row" });
  const happens = h("span", {});
  const origin = h("span", { class: "tag" });
  const copy = context.copyButton(() => entry.number, words.numbers.copy, () => number(entry.number));
  return {
    root: h("tr", {}, name, h("td", {}, happens, " ", origin), h("td", {}, copy.root)),
    update(/** @type {Numbered} */ { behaviour, origin: from }) {
      write(name, number(entry.number));
      write(happens, text(behaviour.note));
      /** @type {Record<string, string>} */
      const origins = words.numbers.origins;
      show(origin, from !== "built_in");
      write(origin, origins[from] ?? from);
      copy.update();
    },
  };
}
