/** What can be put out of order for all calls: webhooks, sockets, what Telnyx leaves open, and the lab itself. */

import { ask } from "./api.js";
import { h, keyed, set, show, write } from "./dom.js";
import { words } from "./words.js";

/** @typedef {import("./main.js").Context} Context */

export function faults(/** @type {Context} */ context) {
  const parts = [webhooks(context), sockets(context), reset(context), switches(context)];
  return {
    root: h("div", { class: "cards" }, ...parts.map(({ root }) => root)),
    update: () => parts.forEach((part) => part.update()),
  };
}

function webhooks(/** @type {Context} */ context) {
  const { watch } = context;
  const to = h("p", { class: "quiet" });
  const exceptions = h("p", { class: "quiet" });
  const held = h("p", {});
  const choose = (/** @type {string} */ mode) => {
    return ask("POST", "/lab/webhooks", { body: { ...watch.webhooks.modes, mode } });
  };
  const seconds = h("input", { id: "delay", type: "number", min: 0, max: 3600, step: 0.5 });
  seconds.addEventListener("change", () => {
    const delay_ms = Math.round(Number(seconds.value) * 1000);
    context.attempt(words.faults.delay, () =>
      ask("POST", "/lab/webhooks", { body: { ...watch.webhooks.modes, delay_ms } }),
    );
  });
  const delay = h("div", { class: "field" }, h("label", { for: "delay" }, words.faults.delay), seconds);
  /** @type {Record<string, string[]>} */
  const modes = words.faults.modes;
  const group = radios(context, words.faults.webhooks, choose);
  return {
    root: h("section", { class: "card", "aria-label": words.faults.webhooks }, group.root, delay, held, exceptions, to),
    update() {
      const { modes: set_, log } = watch.webhooks;
      const offered = Object.entries(modes).map(([value, [label = value, note = ""]]) => ({ value, label, note }));
      group.update(offered, set_.mode);
      show(delay, set_.mode === "delay");
      if (document.activeElement !== seconds) seconds.value = String(set_.delay_ms / 1000);
      const kept = log.filter(({ progress }) => progress === "held").length;
      show(held, kept > 0);
      write(held, words.faults.held(kept));
      const types = Object.entries(set_.per_type).map(([type, mode]) => `${type}: ${modes[mode]?.[0] ?? mode}`);
      show(exceptions, types.length > 0);
      write(exceptions, words.faults.exceptions(types.join(", ")));
      show(to, watch.environment !== undefined);
      write(to, words.faults.webhooksTo(watch.environment?.webhook ?? ""));
    },
  };
}

function sockets(/** @type {Context} */ context) {
  const closed = h(
    "select",
    { id: "closed-for" },
    ...Object.entries(words.faults.closed).map(([seconds, label]) => h("option", { value: Number(seconds) * 1000 }, label)),
  );
  const drop = context.button(words.faults.drop, async () => {
    const { dropped } = await ask("POST", "/lab/sockets/drop", { body: { closed_for_ms: Number(closed.value) } });
    context.say(words.call.dropped(dropped));
  });
  const root = h(
    "section",
    { class: "card", "aria-label": words.faults.sockets },
    h("h2", {}, words.faults.sockets),
    h("div", { class: "field" }, h("label", { for: "closed-for" }, words.faults.closedFor), closed),
    h("div", { class: "buttons" }, drop),
  );
  return { root, update: () => undefined };
}

function switches(/** @type {Context} */ context) {
  const { watch } = context;
  /** @type {Record<string, { question: string, values: Record<string, string> }>} */
  const known = words.switches;
  const container = h("div", { class: "switches" });
  const rows = keyed(container, (/** @type {[string, string | number]} */ [name, first]) => {
    const { question, values } = known[name] ?? { question: name, values: {} };
    const choose = (/** @type {string | number} */ value) => ask("POST", "/lab/switches", { body: { [name]: value } });
    if (typeof first === "number") return counter(context, name, question, choose);
    const group = radios(context, question, choose);
    return {
      root: group.root,
      update([, value]) {
        const all = Object.entries({ ...values, ...(value in values ? {} : { [value]: String(value) }) });
        group.update(all.map(([each, label]) => ({ value: each, label, note: "" })), String(value));
      },
    };
  });
  return {
    root: h(
      "section",
      { class: "card cards__whole", "aria-label": words.faults.switches },
      h("h2", {}, words.faults.switches),
      h("p", { class: "quiet" }, words.faults.switchesNote),
      container,
    ),
    update() {
      // In the order of the words, which goes from calls to webhooks; what they do not know comes last.
      const places = Object.keys(known);
      const place = (/** @type {string} */ name) => (name in known ? places.indexOf(name) : places.length);
      rows(Object.entries(watch.switches).sort(([one], [other]) => place(one) - place(other)), ([name]) => name);
    },
  };
}

/** A switch that is a number. */
function counter(
  /** @type {Context} */ context,
  /** @type {string} */ name,
  /** @type {string} */ question,
  /** @type {(value: number) => Promise<unknown>} */ choose,
) {
  const input = h("input", { id: `switch-${name}`, type: "number", min: 0, step: 1 });
  input.addEventListener("change", () => context.attempt(question, () => choose(Number(input.value))));
  return {
    root: h("div", { class: "field" }, h("label", { for: `switch-${name}` }, question), input),
    update(/** @type {[string, string | number]} */ [, value]) {
      if (document.activeElement !== input) input.value = String(value);
    },
  };
}

function reset(/** @type {Context} */ context) {
  const dialog = h("dialog", { "aria-labelledby": "reset-ask" });
  const yes = context.button(
    words.faults.resetYes,
    async () => {
      dialog.close();
      await ask("POST", "/lab/reset");
      context.say(words.faults.resetDone);
    },
    { class: "stop" },
  );
  const no = context.button(words.faults.resetNo, async () => dialog.close());
  dialog.append(
    h("h2", { id: "reset-ask" }, words.faults.resetAsk),
    h("p", {}, words.faults.resetNote),
    h("div", { class: "buttons" }, no, yes),
  );
  const open = context.button(words.faults.resetPress, async () => dialog.showModal());
  const root = h(
    "section",
    { class: "card", "aria-label": words.faults.reset },
    h("h2", {}, words.faults.reset),
    h("p", { class: "quiet" }, words.faults.resetNote),
    h("div", { class: "buttons" }, open),
    dialog,
  );
  return { root, update: () => undefined };
}

let groups = 0;

/** One answer out of several; what is chosen is what the lab says, not what was pressed. */
function radios(
  /** @type {Context} */ context,
  /** @type {string} */ legend,
  /** @type {(value: string) => Promise<unknown>} */ choose,
) {
  const name = `radios-${(groups += 1)}`;
  const options = h("div", { class: "radios" });
  let chosen = "";
  const rows = keyed(options, (/** @type {{ value: string, label: string, note: string }} */ { value, label, note }) => {
    const input = h("input", {
      type: "radio",
      name,
      value,
      change: async () => {
        await context.attempt(legend, () => choose(value));
        input.checked = chosen === value;
      },
    });
    const text = h("span", {}, h("span", {}, label), note === "" ? "" : h("span", { class: "quiet" }, ` ${note}`));
    const root = h("label", { class: "radio" }, input, text);
    return {
      root,
      update() {
        if (input.checked !== (chosen === value)) input.checked = chosen === value;
        set(root, "class", chosen === value ? "radio radio--chosen" : "radio");
      },
    };
  });
  return {
    root: h("fieldset", {}, h("legend", {}, legend), options),
    update(/** @type {{ value: string, label: string, note: string }[]} */ all, /** @type {string} */ value) {
      chosen = value;
      rows(all, (option) => option.value);
    },
  };
}
