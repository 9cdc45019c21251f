/** What can be made to happen to one call. */

import { ask } from "./api.js";
import { forbid, h } from "./dom.js";
import { words } from "./words.js";

/** @typedef {import("./watch.js").Call} Call */

export function actions(/** @type {import("./main.js").Context} */ context) {
  const { watch } = context;
  /** @type {Call | undefined} */
  let call;
  /** The leg with the person, who is told what to do. */
  const person = () => {
    if (call === undefined || call.end === "person") return call;
    const partner = watch.partner(call);
    return partner?.end === "person" ? partner : undefined;
  };
  const tell = (/** @type {Call | undefined} */ leg, /** @type {string} */ what, /** @type {unknown} */ body = {}) =>
    ask("POST", `/lab/legs/${encodeURIComponent(leg?.call_id ?? "")}/${what}`, { body });
  const answer = context.button(words.call.answer, () => tell(person(), "answer"), { class: "go" });
  const hangUp = context.button(words.call.hangUp, () => tell(person(), "hangup"), { class: "stop" });
  const drop = context.button(words.call.dropSocket, async () => {
    await tell(call, "drop-socket");
    context.say(words.call.socketDropped);
  });
  const keys = h("input", { id: "press-keys", type: "text", autocomplete: "off", class: "hides-when-masking", value: "1#" });
  const press = context.button(words.call.press, () => tell(person(), "press", { digits: keys.value }));
  const names = h(
    "select",
    { id: "punt-names" },
    ...Object.entries(words.call.punts).map(([value, label]) => h("option", { value }, label)),
  );
  const punt = context.button(words.call.punt, () => tell(call, "punt", { names: names.value }));
  const more = h(
    "div",
    { class: "more" },
    h("div", { class: "field" }, h("label", { for: "press-keys" }, words.call.keysToPress), h("div", { class: "joined" }, keys, press)),
    h("div", { class: "field" }, h("label", { for: "punt-names" }, words.call.puntNames), h("div", { class: "joined" }, names, punt)),
  );
  return {
    root: h(
      "div",
      { role: "group", "aria-label": words.call.actions, class: "actions" },
      h("div", { class: "buttons" }, answer, hangUp, drop),
      more,
    ),
    update(/** @type {Call} */ shown) {
      call = shown;
      const over = call.state === "ended" ? words.call.over : null;
      const nobody = person() === undefined ? words.call.noPerson : null;
      const browser = call.end === "browser" || watch.partner(call)?.end === "browser" ? null : words.call.noBrowser;
      forbid(answer, over ?? nobody ?? unanswerable(call));
      forbid(hangUp, over ?? nobody);
      forbid(drop, over ?? browser);
      forbid(press, over ?? nobody ?? (call.times.answered === null ? words.call.notAnswered : null));
      forbid(punt, over ?? browser);
    },
  };
}

/** Why the far end cannot answer; nothing if it can. */
function unanswerable(/** @type {Call} */ { state, direction, end }) {
  if (direction === "incoming") return end === "browser" ? words.call.agentRings : words.call.restAnswers;
  return state === "ringing" ? null : words.call.notRinging;
}
