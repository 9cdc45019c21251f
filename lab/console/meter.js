/** A level meter of audio that really arrived. */

import { h, set, show, write } from "./dom.js";
import { decibels } from "./show.js";
import { words } from "./words.js";

/** What the meter calls silence, in decibels of full scale. */
const FLOOR = -60;

/** Makes a meter; a small one is only the bar. */
export function meter(/** @type {{ small: boolean }} */ { small }) {
  const bar = h("meter", { class: "meter", min: FLOOR, max: 0 });
  const value = h("span", { class: "meter__value" });
  const root = h("span", { class: small ? "metered metered--small" : "metered" }, bar, value);
  show(value, !small);
  return {
    root,
    /** Shows the loudest of the last second; a call that is over, or in which nothing arrived, has no meter. */
    update(/** @type {import("./watch.js").Call} */ { state, end, heard }) {
      const live = state !== "ended" && heard.packets > 0;
      show(root, live);
      if (!live) return;
      const level = decibels(heard.recent_level);
      const text = level === undefined || level < FLOOR ? words.call.silent : words.call.level(minus(level));
      const hertz = heard.recent_frequency_hz;
      const all = hertz === null ? text : `${text}, ${words.call.pitch(String(Math.round(hertz)))}`;
      const shown = Math.max(FLOOR, level ?? FLOOR);
      // The property, not only the attribute: it is what the browser draws.
      if (bar.value !== shown) bar.value = shown;
      set(bar, "aria-label", words.heard[end]);
      set(bar, "aria-valuetext", all);
      write(value, all);
    },
  };
}

function minus(/** @type {number} */ level) {
  return String(level).replace("-", "−");
}
