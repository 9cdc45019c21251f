/** The console of the lab: puts the page together and keeps it up to date. */

import { announcer } from "./announcer.js";
import { GATEWAY, calls } from "./calls.js";
import { connect } from "./connect.js";
import { forbid, forbidden, h, icon, set, show, write } from "./dom.js";
import { faults } from "./faults.js";
import { header } from "./header.js";
import { numbers } from "./numbers.js";
import { recordings } from "./recordings.js";
import { isMasking } from "./show.js";
import { Watch } from "./watch.js";
import { words } from "./words.js";

/**
 * What every part of the page may use.
 * @typedef {{
 *   watch: Watch,
 *   render: () => void,
 *   choose: (call: string) => void,
 *   say: (text: string, tone?: "plain" | "problem") => void,
 *   attempt: (what: string, run: () => Promise<unknown>) => Promise<void>,
 *   button: (label: string, run: () => Promise<unknown>, properties?: Record<string, string>) => HTMLButtonElement,
 *   copyButton: (text: () => string, label: string, what: () => string) => { root: HTMLButtonElement, update: () => void },
 * }} Context
 */

/** How long a button says that it copied, in milliseconds. */
const COPIED = 2_000;

const watch = new Watch(render);

const notice = h("p", { class: "notice__text" });
const noticeBar = h("div", { class: "notice", hidden: true });

/** @type {Context} */
const context = { watch, render, choose, say, attempt, button, copyButton };

function choose(/** @type {string} */ call) {
  location.hash = `#calls/${encodeURIComponent(call)}`;
}

/** Says what came of something the user did. */
function say(/** @type {string} */ text, /** @type {"plain" | "problem"} */ tone = "plain") {
  set(noticeBar, "class", `notice notice--${tone}`);
  write(notice, text);
  show(noticeBar, text !== "");
}

/** Does what was asked for, says so if it fails, and shows what came of it. */
async function attempt(/** @type {string} */ what, /** @type {() => Promise<unknown>} */ run) {
  say("");
  try {
    await run();
  } catch (error) {
    say(words.lab.failed(what, error instanceof Error ? error.message : String(error)), "problem");
  }
  await watch.look();
}

/** A button that works until it is done; one that is forbidden says why. */
function button(
  /** @type {string} */ label,
  /** @type {() => Promise<unknown>} */ run,
  /** @type {Record<string, string>} */ properties = {},
) {
  const press = async () => {
    const reason = forbidden(made);
    if (reason !== null) return say(reason);
    if (made.hasAttribute("aria-busy")) return;
    set(made, "aria-busy", "true");
    await attempt(label, run);
    set(made, "aria-busy", null);
  };
  const made = h("button", { type: "button", click: press, ...properties }, label);
  forbid(made, null);
  return made;
}

/** A button that puts `text` on the clipboard. */
function copyButton(
  /** @type {() => string} */ text,
  /** @type {string} */ label,
  /** @type {() => string} */ what,
) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      return say(words.connect.notCopied, "problem");
    }
    say("");
    write(made, words.connect.copied);
    setTimeout(() => write(made, label), COPIED);
  };
  const made = h("button", { type: "button", class: "small", click: copy }, label);
  return { root: made, update: () => set(made, "aria-label", words.connect.copyName(label, what())) };
}

const announcements = announcer(watch);
const top_ = header(context);
const views = {
  calls: calls(context),
  recordings: recordings(context),
  numbers: numbers(context),
  faults: faults(context),
  connect: connect(context),
};
/** @typedef {keyof typeof views} View */
const names = /** @type {View[]} */ (Object.keys(views));

/** @type {{ [name in View]: import("./watch.js").Part[] }} */
const needs = { calls: [], recordings: [], numbers: [], faults: ["switches", "webhooks"], connect: [] };

const links = names.map((name) => h("a", { href: `#${name}` }, words.views[name]));
const [callsLink] = links;
const main = h("main", { id: "content", tabindex: "-1" }, ...names.map((name) => views[name].root));
noticeBar.setAttribute("role", "status");
noticeBar.append(
  notice,
  h("button", { type: "button", class: "small", "aria-label": words.lab.close, click: () => say("") }, icon("close")),
);
document.body.append(
  h("a", { class: "skip", href: "#content", click: skip }, words.skip),
  top_.root,
  h("nav", { class: "views", "aria-label": words.viewsLabel }, ...links),
  main,
  noticeBar,
  announcements.root,
);

function skip(/** @type {Event} */ event) {
  // The address after # says what is shown.
  event.preventDefault();
  main.focus();
}

/** What the address asks for. */
function route() {
  const [name, choice] = location.hash.slice(1).split("/");
  const view = names.find((known) => known === name) ?? "calls";
  return { view, choice: view === "calls" && choice ? decodeURIComponent(choice) : undefined };
}

/** Where the calls were left for another view: one comes back to the same call. */
let leftCallsAt = "#calls";

/** Shows what is known now. Elements that show it already stay as they are. */
function render() {
  const { view, choice } = route();
  top_.update();
  names.forEach((name, at) => {
    show(views[name].root, name === view);
    const link = links[at];
    if (link !== undefined) set(link, "aria-current", name === view ? "page" : null);
  });
  if (view === "calls") leftCallsAt = location.hash || "#calls";
  if (callsLink !== undefined) set(callsLink, "href", view === "calls" ? "#calls" : leftCallsAt);
  views[view].update(choice);
  announcements.update();
  set(document.body, "class", isMasking() ? "masking" : null);
  const live = watch.announced.filter(({ state }) => state !== "ended").length;
  document.title = live === 0 ? words.title : `${words.calls.live(live)} · ${words.title}`;
}

/** Asks for what is shown. */
function want() {
  const { view, choice } = route();
  /** @type {import("./watch.js").Part[]} */
  const chosen = choice === undefined ? [] : choice === GATEWAY ? ["wire"] : ["wire", { call: choice }];
  watch.want(...needs[view], ...chosen);
}

addEventListener("hashchange", () => {
  const { choice } = route();
  say("");
  want();
  render();
  // The page scrolls in a narrow window, its main part in a wide one.
  scrollTo(0, 0);
  main.scrollTo(0, 0);
  // Keys and screen readers follow to what was chosen.
  if (choice !== undefined) views.calls.focus();
});

render();
want();
watch.look();
