/** The numbers to dial, each with what happens. */

import { h, keyed, write } from "./dom.js";
import { number } from "./show.js";
import { words } from "./words.js";

/**
 * What `lab/README.md` lists. `calls` is there for numbers that also make a difference when they call.
 * @type {{ number: string, happens: string, calls?: string }[]}
 */
export const NUMBERS = [
  { number: "+12025550100", happens: "rings 1.5 s, answers, speaks, and says it again after a pause", calls: "speaks" },
  { number: "+12025550101", happens: "rings 1.5 s, answers, echoes what it hears half a second later", calls: "echoes" },
  { number: "+12025550102", happens: "busy" },
  { number: "+12025550103", happens: "rings 30 s, nobody answers" },
  { number: "+12025550104", happens: "rings 2 s and declines" },
  { number: "+12025550105", happens: "speaks; hangs up 5 s after answering", calls: "speaks, hangs up after 5 s" },
  { number: "+12025550106", happens: "speaks; the recording is saved 20 s after the call" },
  { number: "+12025550107", happens: "rings 1.5 s, answers, plays a steady 440 Hz", calls: "plays 440 Hz" },
  { number: "+12025550108", happens: "rings until it is told to answer or to hang up" },
  { number: "+12025550109", happens: "plays 440 Hz, but no webhook ever arrives for the call" },
];

export function numbers(/** @type {import("./main.js").Context} */ context) {
  const body = h("tbody", {});
  const rows = keyed(body, (/** @type {(typeof NUMBERS)[number]} */ entry) => row(context, entry));
  const head = h("tr", {}, h("th", { scope: "col" }, words.numbers.number), h("th", { scope: "col" }, words.numbers.happens));
  const copyHead = h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, words.numbers.copy));
  head.append(copyHead);
  return {
    root: h(
      "section",
      { "aria-label": words.numbers.title },
      h("h2", {}, words.numbers.title),
      h("p", { class: "quiet" }, words.numbers.note),
      h("table", { class: "numbers" }, h("thead", {}, head), body),
    ),
    update() {
      rows(NUMBERS, (entry) => entry.number);
    },
  };
}

function row(/** @type {import("./main.js").Context} */ context, /** @type {(typeof NUMBERS)[number]} */ entry) {
  const name = h("th", { scope: "row" });
  const happens = h("td", {}, entry.happens);
  const copy = context.copyButton(() => entry.number, words.numbers.copy, () => number(entry.number));
  return {
    root: h("tr", {}, name, happens, h("td", {}, copy.root)),
    update() {
      write(name, number(entry.number));
      copy.update();
    },
  };
}
