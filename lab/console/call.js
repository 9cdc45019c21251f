/** One call: what is known of it, what can be done to it, and its messages. */

import { actions as actionsView } from "./actions.js";
import { h, keyed, set, show, write } from "./dom.js";
import { log } from "./log.js";
import { meter } from "./meter.js";
import { player } from "./recordings.js";
import { ending, json, keys, number, talked, timeOfDay, timer, way, who } from "./show.js";
import { storyOfCall } from "./story.js";
import { words } from "./words.js";

/** @typedef {import("./watch.js").Call} Call */

export function callView(/** @type {import("./main.js").Context} */ context) {
  const { watch } = context;
  const heading = h("h2", { class: "call__who", tabindex: "-1" });
  const state = h("span", { class: "state" });
  const talk = h("span", { class: "call__talk" });
  const facts = factsView();
  const own = heardView();
  const far = heardView();
  const actions = actionsView(context);
  const recordings = h("div", { class: "call__recordings" });
  const players = keyed(recordings, () => {
    const sound = player(context);
    return { root: sound.root, update: (/** @type {{ id: string, which: string }} */ { id, which }) => sound.update(id, which) };
  });
  const partner = h("a", {});
  const talks = h("span", {});
  const talksWith = h("p", {}, talks, " ", partner);
  const messages = log(context, words.log.label);
  const raw = h("pre", { tabindex: "0", "aria-label": words.call.ids });
  const everything = h("details", { toggle: () => writeRaw() }, h("summary", {}, words.call.ids), raw);
  /** @type {Call | undefined} */
  let shown;
  const writeRaw = () => {
    if (everything.open) write(raw, json(shown));
  };
  const root = h(
    "section",
    { class: "call", "aria-label": words.call.region },
    h("div", { class: "call__head" }, heading, h("p", {}, state, talk)),
    actions.root,
    own.root,
    far.root,
    recordings,
    talksWith,
    facts.root,
    everything,
    h("h3", {}, words.log.title),
    messages.root,
  );
  return {
    root,
    update(/** @type {Call} */ call) {
      shown = call;
      const millis = talked(call, watch.now());
      write(heading, `${number(call.from)} → ${number(call.to)}`);
      set(state, "class", `state state--${call.state}`);
      write(state, words.states[call.state] ?? call.state);
      write(talk, millis === undefined ? "" : timer(millis));
      facts.update(call);
      actions.update(call);
      const other = watch.partner(call);
      own.update(call);
      far.update(other);
      players(saved(call).map((id) => ({ id, which: who(call) })), ({ id }) => id);
      const last = watch.lastPartner(call);
      // The leg of Telnyx's own trunk is no call of its own.
      const listed = last !== undefined && watch.announced.includes(last);
      show(talksWith, listed);
      if (listed) {
        write(talks, last === other ? words.call.talksWith : words.call.talkedWith);
        set(partner, "href", `#calls/${encodeURIComponent(last.call_id)}`);
        write(partner, `${number(last.from)} → ${number(last.to)}`);
      }
      writeRaw();
      messages.update(storyOfCall(call, watch), "since the first");
    },
  };
}

/** A meter with its name, for a leg that talks. */
function heardView() {
  const name = h("span", {});
  const level = meter({ small: false });
  const nothing = h("span", { class: "quiet" }, words.call.nothingHeard);
  const root = h("div", { class: "call__heard" }, name, level.root, nothing);
  return {
    root,
    update(/** @type {Call | undefined} */ leg) {
      const live = leg !== undefined && (leg.state === "answered" || leg.state === "held");
      show(root, live);
      if (!live) return;
      write(name, words.heard[leg.end]);
      level.update(leg);
      show(nothing, leg.heard.packets === 0);
    },
  };
}

/** The ids of a call's recordings that can be heard, the latest last. */
function saved(/** @type {Call} */ { recording, recordings }) {
  const all = [...recordings, recording].filter(({ state }) => state === "saved");
  return [...new Set(all.flatMap(({ id }) => (id === null ? [] : [id])))];
}

/** Names and values, without those that do not apply. */
function factsView() {
  const fact = (/** @type {string} */ name) => {
    const value = h("dd", {});
    const root = h("div", {}, h("dt", {}, name), value);
    return {
      root,
      update(/** @type {string} */ text) {
        show(root, text !== "");
        write(value, text);
      },
    };
  };
  const end = fact(words.call.end);
  const direction = fact(words.call.direction);
  const agent = fact(words.call.agent);
  const invited = fact(words.call.invited);
  const pressed = fact(words.call.keys);
  const played = fact(words.call.keysPlayed);
  const kind = fact(words.call.leg);
  const recording = fact(words.call.recording);
  const all = [end, kind, direction, invited, agent, pressed, played, recording];
  return {
    root: h("dl", { class: "facts" }, ...all.map(({ root }) => root)),
    update(/** @type {Call} */ call) {
      /** @type {Record<string, string>} */
      const recordings = words.recordingStates;
      const sip = call.sip_code === null ? "" : `SIP ${call.sip_code}`;
      end.update([call.state === "ended" ? ending(call) : "", sip].filter((part) => part !== "").join(", "));
      direction.update(way(call));
      kind.update([words.legs[call.end], call.commanded_by_rest ? words.legs.rest : "", call.parked ? words.legs.parked : ""].filter((part) => part !== "").join(", "));
      agent.update(call.user ?? "");
      invited.update(timeOfDay(Date.parse(call.times.invited)));
      pressed.update(keys(call.dtmf));
      played.update(keys(call.dtmf_played));
      recording.update(recordings[call.recording.state] ?? call.recording.state);
    },
  };
}
