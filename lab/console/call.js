/** One call: what is known of it, what can be done to it, and its messages. */

import { ask } from "./api.js";
import { forbid, h, set, show, write } from "./dom.js";
import { log } from "./log.js";
import { meter } from "./meter.js";
import { player } from "./recordings.js";
import { ending, json, keys, number, talked, timeOfDay, timer, who } from "./show.js";
import { storyOfCall } from "./story.js";
import { words } from "./words.js";

/** @typedef {import("./watch.js").Call} Call */

export function callView(/** @type {import("./main.js").Context} */ context) {
  const { watch } = context;
  const heading = h("h2", { class: "call__who", tabindex: "-1" });
  const state = h("span", { class: "state" });
  const talk = h("span", { class: "call__talk" });
  const facts = factsView();
  const level = meter({ small: false });
  const nothing = h("span", { class: "quiet" }, words.call.nothingHeard);
  const heard = h("div", { class: "call__heard" }, h("span", {}, words.call.heard), level.root, nothing);
  const actions = actionsView(context);
  const recording = player(context);
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
    heard,
    recording.root,
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
      level.update(call);
      const live = call.state === "answered" || call.state === "held";
      show(heard, live && call.heard !== undefined);
      show(nothing, call.heard?.packets === 0);
      recording.update(call.recording.id, who(call));
      writeRaw();
      messages.update(storyOfCall(call.call_id, watch.wire, watch.webhooks.log), "since the first");
    },
  };
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
  const recording = fact(words.call.recording);
  const all = [end, direction, invited, agent, pressed, recording];
  return {
    root: h("dl", { class: "facts" }, ...all.map(({ root }) => root)),
    update(/** @type {Call} */ call) {
      /** @type {Record<string, string>} */
      const recordings = words.recordingStates;
      const sip = call.sip_code === null ? "" : `SIP ${call.sip_code}`;
      end.update([call.state === "ended" ? ending(call) : "", sip].filter((part) => part !== "").join(", "));
      direction.update(call.direction === "incoming" ? words.calls.incoming : words.calls.outgoing);
      agent.update(call.user);
      invited.update(timeOfDay(Date.parse(call.times.invited)));
      pressed.update(keys(call.dtmf));
      recording.update(recordings[call.recording.state] ?? call.recording.state);
    },
  };
}

/** What the far end can be made to do. */
function actionsView(/** @type {import("./main.js").Context} */ context) {
  let id = "";
  const post = (/** @type {string} */ what) => ask("POST", `/lab/calls/${encodeURIComponent(id)}/${what}`);
  const answer = context.button(words.call.answer, () => post("answer"), { class: "go" });
  const hangUp = context.button(words.call.hangUp, () => post("hangup"), { class: "stop" });
  const drop = context.button(words.call.dropSocket, async () => {
    const { dropped } = await ask("POST", "/lab/sockets/drop", { body: {} });
    context.say(words.call.dropped(dropped));
  });
  return {
    root: h("div", { class: "buttons", role: "group", "aria-label": words.call.actions }, answer, hangUp, drop),
    update(/** @type {Call} */ { call_id, state, direction }) {
      id = call_id;
      const over = state === "ended" ? words.call.over : null;
      const unanswerable =
        state !== "ringing" ? words.call.notRinging : direction === "incoming" ? words.call.agentRings : null;
      forbid(answer, over ?? unanswerable);
      forbid(hangUp, over);
      forbid(drop, over);
    },
  };
}
