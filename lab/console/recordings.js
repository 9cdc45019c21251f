/** Recordings, heard through the links REST gives out. */

import { Refused, ask } from "./api.js";
import { h, keyed, set, show, write } from "./dom.js";
import { number, timer, timeOfDay, who } from "./show.js";
import { words } from "./words.js";

/** @typedef {{ id: string, call: import("./watch.js").Call }} Sound */

export function recordings(/** @type {import("./main.js").Context} */ context) {
  const none = h("p", { class: "quiet" }, words.recordings.none);
  const list = h("ul", { class: "recordings", "aria-label": words.recordings.label });
  const rows = keyed(list, () => row(context));
  return {
    root: h("section", { "aria-label": words.recordings.title }, h("h2", {}, words.recordings.title), none, list),
    update() {
      const all = context.watch.calls.flatMap((call) =>
        call.recordings.flatMap(({ id, state }) => (state === "saved" && id !== null ? [{ id, call }] : [])),
      );
      show(none, all.length === 0);
      rows(all, ({ id }) => id);
    },
  };
}

function row(/** @type {import("./main.js").Context} */ context) {
  const title = h("strong", {});
  const facts = h("span", { class: "quiet" });
  const sound = player(context);
  return {
    root: h("li", { class: "card recording" }, h("p", {}, title), h("p", {}, facts), sound.root),
    update(/** @type {Sound} */ { id, call }) {
      write(title, `${number(call.from)} → ${number(call.to)}`);
      const made = call.recordings.find((recording) => recording.id === id);
      const parts = made === undefined ? [] : [timeOfDay(Date.parse(made.started_at)), timer(made.duration_millis ?? 0), made.channels, made.format];
      write(facts, parts.join(" · "));
      sound.update(id, who(call));
    },
  };
}

/**
 * A button that becomes a player. The link is asked for when it is needed and again when it has expired, because it
 * opens for ten minutes of the lab's clock only.
 */
export function player(/** @type {import("./main.js").Context} */ { watch, button, say }) {
  /** @type {string | null} */
  let id = null;
  let tried = false;
  const audio = h("audio", { controls: true, preload: "metadata", hidden: true });
  const load = async () => {
    if (id === null) return;
    try {
      const { data } = await ask("GET", `/v2/recordings/${encodeURIComponent(id)}`, { key: watch.environment?.key ?? "" });
      audio.src = data.download_urls.wav ?? data.download_urls.mp3;
    } catch (error) {
      throw error instanceof Refused && error.status === 404 ? new Error(words.recordings.gone) : error;
    }
  };
  audio.addEventListener("playing", () => (tried = false));
  audio.addEventListener("error", async () => {
    if (!audio.hasAttribute("src")) return;
    const at = audio.currentTime;
    const again = !tried;
    tried = true;
    try {
      if (!again) throw new Error(words.recordings.unplayable);
      await load();
      audio.currentTime = at;
      await audio.play();
    } catch (error) {
      say(error instanceof Error ? error.message : words.recordings.unplayable, "problem");
    }
  });
  const listen = button(words.recordings.listen, async () => {
    await load();
    show(audio, true);
    show(listen, false);
    audio.focus();
    await audio.play();
  });
  const root = h("div", { class: "player" }, listen, audio);
  return {
    root,
    /** Shows the recording with this id, described by `which`; none at all for `null`. */
    update(/** @type {string | null} */ next, /** @type {string} */ which) {
      show(root, next !== null);
      set(listen, "aria-label", words.recordings.listenTo(which));
      set(audio, "aria-label", words.recordings.player(which));
      if (next === id) return;
      id = next;
      audio.pause();
      audio.removeAttribute("src");
      show(audio, false);
      show(listen, true);
    },
  };
}
