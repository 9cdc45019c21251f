/** Where everything is, and what a server needs to use it. */

import { h, keyed, write } from "./dom.js";
import { words } from "./words.js";

/** @typedef {import("./main.js").Context} Context */

export function connect(/** @type {Context} */ context) {
  const { watch } = context;
  const names = words.connect;
  const exports = lines(context);
  const addresses = lines(context);
  const all = context.copyButton(() => (watch.environment?.exports ?? []).join("\n"), names.copyAll, () => names.exports);
  return {
    root: h(
      "div",
      { class: "cards cards--wide" },
      h(
        "section",
        { class: "card", "aria-label": names.exports },
        h("h2", {}, names.exports),
        h("p", { class: "quiet" }, names.exportsNote),
        exports.root,
        h("div", { class: "buttons" }, all.root),
      ),
      h("section", { class: "card", "aria-label": names.addresses }, h("h2", {}, names.addresses), addresses.root),
    ),
    update() {
      const { environment } = watch;
      if (environment === undefined) return;
      all.update();
      exports.update(environment.exports.map((line) => ({ name: /\w+(?==)/.exec(line)?.[0] ?? line, label: "", value: line })));
      const places = /** @type {const} */ (["gateway", "rest", "key", "recordings", "webhook", "control"]);
      addresses.update(places.map((place) => ({ name: names[place], label: names[place], value: environment[place] })));
    },
  };
}

/** @typedef {{ name: string, label: string, value: string }} Line */

/** Lines of text, each with a button that copies it. */
function lines(/** @type {Context} */ context) {
  const root = h("ul", { class: "lines" });
  const rows = keyed(root, (/** @type {Line} */ line) => {
    let { value } = line;
    const code = h("code", {});
    const copy = context.copyButton(() => value, words.connect.copy, () => line.name);
    const label = line.label === "" ? [] : [h("span", { class: "quiet" }, line.label)];
    return {
      root: h("li", {}, h("div", { class: "lines__text" }, ...label, code), copy.root),
      update(/** @type {Line} */ next) {
        ({ value } = next);
        write(code, value);
        copy.update();
      },
    };
  });
  return { root, update: (/** @type {Line[]} */ all) => rows(all, ({ name }) => name) };
}
