/** Requests to the lab: the control API under `/lab`, Telnyx's REST API under `/v2`. */

import { words } from "./words.js";

/** No request takes the lab longer than this, in milliseconds, unless it is stuck. */
const PATIENCE = 5_000;

/** The lab did not answer at all. */
export class Unreachable extends Error {}

/** The lab said no; the message is its own. */
export class Refused extends Error {
  constructor(/** @type {number} */ status, /** @type {string} */ message) {
    super(message);
    this.status = status;
  }
}

/**
 * Asks for JSON.
 * @param {"GET" | "POST"} method
 * @param {string} path
 * @param {{ body?: unknown, key?: string }} [options] `key` is the API key that REST wants
 * @returns {Promise<any>}
 */
export async function ask(method, path, { body, key } = {}) {
  /** @type {Record<string, string>} */
  const headers = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (key !== undefined) headers["authorization"] = `Bearer ${key}`;
  let answer;
  let text;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
      cache: "no-store",
    });
    text = await answer.text();
  } catch (error) {
    const slow = error instanceof DOMException && error.name === "TimeoutError";
    throw new Unreachable(slow ? words.lab.slow : words.lab.unreachable);
  }
  const value = parsed(text);
  if (!answer.ok) throw new Refused(answer.status, reason(value) ?? words.lab.odd(answer.status));
  return value;
}

/** @returns {any} */
function parsed(/** @type {string} */ text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The reason in an error of the control API, or of REST.
 * @returns {string | undefined}
 */
function reason(/** @type {any} */ value) {
  const [first] = Array.isArray(value?.errors) ? value.errors : [];
  const text = value?.error ?? first?.detail ?? first?.title;
  if (typeof text !== "string" || text === "") return undefined;
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
