/**
 * The numbers of a lab that cannot list them.
 * @type {import("./watch.js").Numbered[]}
 */
export const NUMBERS = [
  answers("0100", "answers and speaks"),
  answers("0101", "answers and echoes"),
  other("0102", "busy"),
  other("0103", "rings 30 s; nobody answers"),
  other("0104", "rings 2 s and declines"),
  answers("0105", "answers, speaks and hangs up after 5 s"),
  answers("0106", "answers and speaks; its recording is saved 20 s after the call"),
  answers("0107", "answers with a steady 440 Hz"),
  other("0108", "rings until it is told to answer or to hang up"),
  answers("0109", "like 0107, but no webhook ever arrives"),
];

function answers(/** @type {string} */ line, /** @type {string} */ note) {
  return { number: `+1202555${line}`, origin: "built_in", behaviour: { note, steps: [{ do: "answer" }] } };
}

function other(/** @type {string} */ line, /** @type {string} */ note) {
  return { number: `+1202555${line}`, origin: "built_in", behaviour: { note, steps: [] } };
}
