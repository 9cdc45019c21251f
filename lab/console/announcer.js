/** Says aloud what becomes of calls, whatever is shown. */

import { h, write } from "./dom.js";
import { isMasking, who } from "./show.js";
import { words } from "./words.js";

/** @typedef {import("./watch.js").Watch} Watch */

export function announcer(/** @type {Watch} */ watch) {
  const root = h("p", { class: "visually-hidden", role: "status" });
  /** @type {Map<string, string> | undefined} */
  let before;
  let masked = isMasking();
  const update = () => {
    if (watch.status !== "answers") return;
    const all = watch.announced;
    const changed = before === undefined ? [] : all.filter(({ call_id, state }) => before?.get(call_id) !== state);
    before = new Map(all.map(({ call_id, state }) => [call_id, state]));
    if (masked !== isMasking()) write(root, "");
    masked = isMasking();
    if (changed.length === 0) return;
    const said = changed.map((call) => words.stateChanged(who(call), words.states[call.state] ?? call.state));
    write(root, said.join(". "));
  };
  return { root, update };
}
