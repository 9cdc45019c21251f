/** What stands above every view: the lab's clock, the mask, and what is out of order. */

import { ask } from "./api.js";
import { h, set, show, write } from "./dom.js";
import { isMasking, maskNumbers, span, timeOfDay } from "./show.js";
import { words } from "./words.js";

/** The clock is real time plus an offset, as a rule; one below this, in milliseconds, is the time the answer took. */
const EXACT = 1_500;

export function header(/** @type {import("./main.js").Context} */ context) {
  const { watch } = context;
  const time = h("output", { class: "clock__time", "aria-label": words.clock.label });
  const ahead = h("span", { class: "clock__ahead" });
  const move = (/** @type {string} */ word, /** @type {string} */ label, /** @type {number} */ millis) =>
    context.button(word, () => ask("POST", "/lab/clock", { body: { advance_ms: millis } }), { "aria-label": label });
  const mask = h("input", {
    type: "checkbox",
    role: "switch",
    change: () => {
      maskNumbers(mask.checked);
      context.render();
    },
  });
  mask.checked = isMasking();
  const badge = h("a", { class: "badge", href: "#faults" });
  const trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  const root = h(
    "header",
    { class: "header" },
    h(
      "div",
      { class: "header__line" },
      h("h1", {}, h("img", { src: "/console/icon.svg", alt: "", width: 24, height: 24 }), words.title),
      h("p", { class: "header__subtitle" }, words.subtitle),
      badge,
      h("label", { class: "switch" }, mask, words.mask),
    ),
    h(
      "div",
      { class: "clock" },
      h("span", { class: "clock__label" }, words.clock.label),
      h("span", { class: "clock__read" }, time, ahead),
      h(
        "span",
        { class: "clock__moves" },
        move(words.clock.ten, words.clock.tenLabel, 10_000),
        move(words.clock.minute, words.clock.minuteLabel, 60_000),
      ),
    ),
    trouble,
  );
  return {
    root,
    update() {
      const now = watch.now();
      write(time, now === undefined ? words.log.noTime : timeOfDay(now));
      const offset = now === undefined ? 0 : now - Date.now();
      show(ahead, offset > EXACT);
      write(ahead, words.clock.ahead(span(Math.round(offset / 1000) * 1000)));
      /** @type {Record<string, string>} */
      const badges = words.faults.badge;
      const mode = badges[watch.webhooks.modes.mode];
      show(badge, mode !== undefined);
      write(badge, mode ?? "");
      const { status } = watch;
      show(trouble, status !== "answers");
      set(trouble, "class", status === "asked" ? "trouble trouble--mild" : "trouble");
      if (status === "asked") write(trouble, words.lab.waiting);
      else if (status === "silent") write(trouble, words.lab.stopped(location.origin));
      else if (status === "answers") write(trouble, "");
      else write(trouble, status.odd);
    },
  };
}
