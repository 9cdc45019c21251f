/** What is known of the lab, asked for again and again while somebody looks. */

import { Refused, Unreachable, ask } from "./api.js";

/**
 * A leg as `/lab/legs` shows it; fields beyond these are shown as JSON only.
 * @typedef {{
 *   call_id: string, call_session_id: string, end: "browser" | "person", connection_id: string | null,
 *   commanded_by_rest: boolean, parked: boolean, partner: string | null, last_partner: string | null,
 *   direction: string, user: string | null, from: string, to: string,
 *   state: "new" | "ringing" | "answered" | "held" | "ended",
 *   hangup_cause: string | null, hangup_source: string | null, sip_code: number | null,
 *   heard: { packets: number, recent_level: number, recent_frequency_hz: number | null },
 *   dtmf: string, dtmf_played: string,
 *   recording: { state: string, id: string | null, duration_millis?: number },
 *   recordings: { id: string | null, state: string, channels: string, format: string, started_at: string, duration_millis: number | null }[],
 *   times: { invited: string, answered: string | null, ended: string | null },
 * }} Call
 *
 * @typedef {{ id: number, at: string, socket: number, direction: "from_browser" | "to_browser", message: any }} WireLine
 *
 * A request to REST; without a status its answer was lost on the way.
 * @typedef {{
 *   id: number, at: string, answered_at: string, method: string, path: string, query: string | null, leg: string | null,
 *   status: number | null, request: any, answer: any,
 * }} RestRequest
 *
 * @typedef {{
 *   id: string, event_type: string, call_id: string, progress: string, attempts: number, status: number | null,
 *   body: string | null, headers: unknown, occurred_at: string, requests: unknown[],
 * }} Webhook
 *
 * A browser that calls reach.
 * @typedef {{ user: string, socket: number, connection_id: string | null }} Agent
 *
 * @typedef {{ mode: string, per_type: Record<string, string>, delay_ms: number }} Modes
 *
 * @typedef {{
 *   gateway: string, rest: string, recordings: string, webhook: string, control: string, key: string, exports: string[],
 * }} Environment
 *
 * What the SDK posted to the gateway's host.
 * @typedef {{ at: string, path: string, call_id: string | null, bytes: number }} Report
 *
 * @typedef {{ number: string, origin: string, behaviour: { note: string, steps: { do: unknown }[] } }} Numbered
 *
 * What is asked for beyond what every view shows: the gateway's messages; all that one call left behind; all webhooks;
 * the switches.
 * @typedef {"wire" | "webhooks" | "switches" | { call: string }} Part
 */

/** Pauses between two looks, in milliseconds: while a call lives (its meters move), and otherwise. */
const LIVELY = 250;
const CALM = 1_000;

export class Watch {
  /**
   * Whether the lab answers, and what is wrong if it answers something else than was asked for.
   * @type {"asked" | "answers" | "silent" | { odd: string }}
   */
  status = "asked";
  /** Newest first. @type {Call[]} */
  calls = [];
  /** The webhooks are those of the call that is looked at, or all. @type {{ modes: Modes, log: Webhook[] }} */
  webhooks = { modes: { mode: "deliver", per_type: {}, delay_ms: 0 }, log: [] };
  /** Oldest first. @type {WireLine[]} */
  wire = [];
  /** Of the call that is looked at, oldest first. @type {RestRequest[]} */
  requests = [];
  /** The one that rings first. @type {Agent[]} */
  agents = [];
  /** Oldest first. @type {Report[]} */
  reports = [];
  /** @type {Record<string, string | number>} */
  switches = {};
  /** @type {Numbered[]} */
  numbers = [];
  /** @type {Environment | undefined} */
  environment;
  /** @type {Part[]} */
  #wanted = [];
  #render;
  #clock = { shown: 0, at: 0, runs: true };
  /** @type {Promise<void> | undefined} */
  #looking;
  #again = false;
  /** When all that is not lively was last asked for. */
  #calmAt = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** `render` is called after each look. */
  constructor(/** @type {() => void} */ render) {
    this.#render = render;
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.look();
    });
  }

  /** What else is shown from now on. */
  want(/** @type {Part[]} */ ...parts) {
    const changed = JSON.stringify(parts) !== JSON.stringify(this.#wanted);
    this.#wanted = parts;
    if (changed) this.look();
  }

  /** The lab's clock, in milliseconds since 1970; nothing before the first look, the last seen while the lab is silent. */
  now() {
    const { shown, at, runs } = this.#clock;
    if (at === 0) return undefined;
    return this.status === "silent" || !runs ? shown : shown + performance.now() - at;
  }

  /**
   * Looks at everything, and goes on looking while the page is visible. What is seen when this resolves was asked for
   * after the call.
   */
  look() {
    this.#calmAt = -Infinity;
    this.#again = true;
    this.#looking ??= this.#run();
    return this.#looking;
  }

  async #run() {
    clearTimeout(this.#timer);
    try {
      do {
        this.#again = false;
        await this.#once();
      } while (this.#again);
    } finally {
      this.#looking = undefined;
      if (!document.hidden) {
        const lively = this.status === "answers" && this.calls.some(({ state }) => state !== "ended");
        this.#timer = setTimeout(() => (this.#looking ??= this.#run()), lively ? LIVELY : CALM);
      }
    }
  }

  async #once() {
    const begun = performance.now();
    const everything = begun - this.#calmAt >= CALM;
    try {
      await Promise.all([this.#lively(), everything ? this.#rest() : undefined]);
      if (everything) this.#calmAt = begun;
      this.status = "answers";
    } catch (error) {
      if (error instanceof Unreachable) {
        this.status = "silent";
        // The next one to answer may be another lab, with other addresses.
        this.environment = undefined;
      } else if (error instanceof Refused) {
        this.status = { odd: error.message };
      } else throw error;
    }
    this.#render();
  }

  async #lively() {
    const [legs, clock] = await Promise.all([ask("GET", "/lab/legs"), ask("GET", "/lab/clock")]);
    this.calls = legs;
    this.#clock = { shown: Date.parse(clock.now), at: performance.now(), runs: clock.runs };
  }

  async #rest() {
    const wanted = this.#wanted;
    const call = wanted.flatMap((part) => (typeof part === "object" ? [encodeURIComponent(part.call)] : []))[0];
    const of = wanted.includes("webhooks") ? "" : call === undefined ? "?modes_only" : `?call_id=${call}`;
    const [environment, { modes, log = [] }, numbers, agents, wire, reports, requests, switches] = await Promise.all([
      this.environment ?? ask("GET", "/console/environment"),
      ask("GET", `/lab/webhooks${of}`),
      ask("GET", "/lab/numbers"),
      ask("GET", "/lab/agents"),
      wanted.includes("wire") ? latest(this.wire) : this.wire,
      wanted.includes("wire") ? ask("GET", "/lab/reports") : this.reports,
      call === undefined ? [] : ask("GET", `/lab/rest?call_id=${call}`),
      wanted.includes("switches") ? ask("GET", "/lab/switches") : this.switches,
    ]);
    Object.assign(this, { environment, webhooks: { modes, log }, numbers, agents, wire, reports, requests, switches });
  }

  /** The leg that this one talks with. */
  partner(/** @type {Call} */ { partner }) {
    return this.#leg(partner);
  }

  /** The leg that this one talks with, or talked with last. */
  lastPartner(/** @type {Call} */ { partner, last_partner }) {
    return this.#leg(partner ?? last_partner);
  }

  /** @returns {Call | undefined} */
  #leg(/** @type {string | null} */ key) {
    return key === null ? undefined : this.calls.find(({ call_id }) => call_id === key);
  }

  /** The legs a customer of Telnyx would know of: all but those of its trunks to the far ends of calls. */
  get announced() {
    return this.calls.filter(({ end, connection_id }) => end === "browser" || connection_id !== null);
  }
}

/** As many messages as the lab keeps. */
const KEPT = 2_000;

/**
 * The gateway's messages, of which `known` are here. The last of these is asked for once more: if it is not what comes
 * first, the lab was reset or started anew, or the page was away for long.
 * @returns {Promise<WireLine[]>}
 */
async function latest(/** @type {WireLine[]} */ known) {
  const last = known.at(-1);
  if (last === undefined) return ask("GET", "/lab/wire");
  const [first, ...more] = await ask("GET", `/lab/wire?after=${last.id - 1}`);
  if (first?.id !== last.id || first.at !== last.at) return ask("GET", "/lab/wire");
  return [...known, ...more].slice(-KEPT);
}
