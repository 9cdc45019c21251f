/** How values are written: numbers (masked or not), times, durations, levels, and why a call ended. */

import { words } from "./words.js";

const STORED = "tono-lab-mask";

/** Fields that hold a number, or keys that were pressed, and nothing else. */
const NUMBERS = new Set([
  "from",
  "to",
  "destination_number",
  "caller_id_number",
  "remote_caller_id_number",
  "callee_id_number",
  "display_number",
  "caller_number",
  "callerNumber",
  "phone_number",
  "destinationNumber",
  "remoteCallerNumber",
]);

/** Fields that hold pressed keys: they may be a PIN, so nothing of them is left. */
const KEYS = new Set(["dtmf", "digits", "digit"]);

/** Fields with many digits that never are a number somebody could call. */
const NO_NUMBERS = new Set([
  "candidate",
  "sdp",
  "telnyx-timestamp",
  "telnyx-signature-ed25519",
  "connection_id",
  "client_state",
  "clientState",
]);

/** Seven digits or more, however they are set apart. */
const NUMBER_IN_TEXT = /\+?\(?\d(?:[\s().-]{0,2}\d){6,}/g;
const TIME_OR_ID = /^(?:\d{4}-\d\d-\d\dT|[0-9a-f]{8}-[0-9a-f]{4}-|v3:|https?:)/i;

let masking = localStorage.getItem(STORED) === "yes";

/** Whether numbers are masked. */
export function isMasking() {
  return masking;
}

/** Masks numbers on the whole page from now on, or stops to; remembered in this browser. */
export function maskNumbers(/** @type {boolean} */ wanted) {
  masking = wanted;
  localStorage.setItem(STORED, wanted ? "yes" : "no");
}

/** All digits but the last two become dots; those two tell the calls of a test apart. */
function dotted(/** @type {string} */ text) {
  let digits = text.replace(/\D/g, "").length;
  return text.replace(/\d/g, (digit) => (digits-- > 2 ? "•" : digit));
}

/** A name longer than this is shortened. */
const LONG = 20;

/** A number, `+1 202 555 0107`, masked if wanted; or a SIP user name, `gencredAdj…Nhxt`. */
export function number(/** @type {unknown} */ dialled) {
  const whole = String(dialled ?? "");
  const name = whole.length > LONG && /^[a-z]/i.test(whole);
  const text = name ? `${whole.slice(0, 10)}…${whole.slice(-4)}` : whole;
  const [, area, exchange, line] = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(text) ?? [];
  const grouped = area === undefined ? text : `+1 ${area} ${exchange} ${line}`.replaceAll(" ", "\u00a0");
  return masking && !name ? dotted(grouped) : grouped;
}

/** Keys that were pressed, masked if wanted. */
export function keys(/** @type {string} */ pressed) {
  return masking ? pressed.replace(/[0-9A-D*#]/gi, "•") : pressed;
}

/** Any text that may have numbers in it, masked if wanted. */
export function text(/** @type {string} */ words_) {
  return masking ? words_.replace(NUMBER_IN_TEXT, dotted) : words_;
}

/** JSON to read, masked if wanted. */
export function json(/** @type {unknown} */ value) {
  return JSON.stringify(value, masking ? masked : undefined, 2) ?? "";
}

function masked(/** @type {string} */ name, /** @type {unknown} */ value) {
  if (typeof value !== "string" && typeof value !== "number") return value;
  if (KEYS.has(name)) return keys(String(value));
  // A SIP user name has letters, and digits that tell nothing.
  if (NUMBERS.has(name) && !/[a-z]/i.test(String(value))) return dotted(String(value));
  if (typeof value === "number" || NO_NUMBERS.has(name) || TIME_OR_ID.test(value)) return value;
  return value.replace(NUMBER_IN_TEXT, dotted);
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** A moment, in milliseconds since 1970, as the time of day here: `14:03:22`. */
export function timeOfDay(/** @type {number} */ moment) {
  return CLOCK.format(moment);
}

/** A length of time on a timer, from milliseconds: `0:07`, `1:02:03`. */
export function timer(/** @type {number} */ millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const two = (/** @type {number} */ part) => String(part % 60).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes)}:${two(seconds)}`;
}

/** A length of time in a sentence, from milliseconds: `2.4 s`, `1 min 10 s`. */
export function span(/** @type {number} */ millis) {
  if (millis < 59_950) return `${(millis / 1000).toFixed(1).replace(/\.0$/, "")} s`;
  const seconds = Math.round(millis / 1000);
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Since a call's first moment, from milliseconds: `+0.142`. */
export function since(/** @type {number} */ millis) {
  return `${millis < 0 ? "−" : "+"}${(Math.abs(millis) / 1000).toFixed(3)}`;
}

/** RMS from 0 to 1 in decibels of full scale; nothing for silence, which has none. */
export function decibels(/** @type {number} */ level) {
  return level > 0 ? Math.round(20 * Math.log10(level)) : undefined;
}

/** Who ended a call and why, in words; the carrier's own words where there are no better ones. */
export function ending(/** @type {import("./watch.js").Call} */ call) {
  /** @type {Record<string, string>} */
  const causes = words.causes;
  /** @type {Record<string, string>} */
  const sources = words.sources;
  const who = call.hangup_source === null ? "" : (sources[call.hangup_source] ?? call.hangup_source);
  const why = call.hangup_cause === null ? "" : (causes[call.hangup_cause] ?? call.hangup_cause);
  return words.ended(who, why);
}

/** A call in one line, for announcements and labels. */
export function who(/** @type {{ from: string, to: string }} */ { from, to }) {
  return words.recordings.which(number(from), number(to));
}

/** Who calls whom, seen from the leg's end. */
export function way(/** @type {import("./watch.js").Call} */ { direction, end }) {
  const incoming = direction === "incoming";
  if (end === "browser") return incoming ? words.calls.incoming : words.calls.outgoing;
  return incoming ? words.calls.callsIn : words.calls.dialled;
}

/** How long a call's ends could talk, in milliseconds of the lab's clock; nothing before the answer. */
export function talked(/** @type {import("./watch.js").Call} */ { times }, /** @type {number | undefined} */ now) {
  if (times.answered === null) return undefined;
  const until = times.ended === null ? now : Date.parse(times.ended);
  return until === undefined ? undefined : until - Date.parse(times.answered);
}
