/** The story of a call, or of the whole gateway: messages and webhooks on the lab's time axis, oldest first. */

import { keys, number, text } from "./show.js";
import { words } from "./words.js";

/**
 * @typedef {import("./watch.js").WireLine} WireLine
 * @typedef {import("./watch.js").Webhook} Webhook
 * @typedef {import("./watch.js").Watch} Watch
 * @typedef {import("./watch.js").Call} Call
 *
 * @typedef {{
 *   key: string,
 *   at: string,
 *   way: "to_gateway" | "to_browser" | "to_server" | "from_server",
 *   title: string,
 *   fields: string[],
 *   tone: "plain" | "attention" | "problem",
 *   webhook: Webhook | undefined,
 *   details: unknown,
 * }} Entry `at` is the lab's time in ISO 8601
 *
 * @typedef {{ line: WireLine, method: string | undefined, reply: "none" | "result" | "error", call: string | undefined }} Message
 */

/**
 * The story of one call: what names it, and what its browser's sockets carried meanwhile for all calls, such as a punt
 * or the sign-in after a drop.
 */
export function storyOfCall(/** @type {Call} */ { call_id, times }, /** @type {Watch} */ { wire, webhooks, requests, reports }) {
  const all = messages(wire);
  const sockets = new Set(all.filter(({ call }) => call === call_id).map(({ line }) => line.socket));
  const during = (/** @type {string} */ at) => at >= times.invited && (times.ended === null || at <= times.ended);
  const said = all.filter(({ call, method, line }) =>
    call === undefined ? sockets.has(line.socket) && during(line.at) && short(method) !== "ping" : call === call_id,
  );
  const posted = reports.filter((report) => report.call_id === call_id);
  const sent = webhooks.log.filter((webhook) => webhook.call_id === call_id);
  return inOrder([
    ...said.map(entryOfMessage),
    ...posted.map(entryOfReport),
    ...requests.map(entryOfRequest),
    ...sent.map(entryOfWebhook),
  ]);
}

/** What the gateway's sockets carried that belongs to no call, with or without the pings. */
export function storyOfGateway(/** @type {Watch} */ { wire }, /** @type {boolean} */ pings) {
  const said = messages(wire).filter(({ call, method }) => call === undefined && (pings || short(method) !== "ping"));
  return inOrder(said.map(entryOfMessage));
}

/**
 * Tells which request each reply answers, and which call each message is about.
 * @returns {Message[]}
 */
function messages(/** @type {WireLine[]} */ wire) {
  /** @type {Map<string, { method: string, call: string | undefined }>} */
  const asked = new Map();
  const other = { from_browser: "to_browser", to_browser: "from_browser" };
  return wire.map((line) => {
    const { message, socket, direction } = line;
    const method = typeof message?.method === "string" ? message.method : undefined;
    const call = callOf(message);
    if (method !== undefined) {
      if (message.id !== undefined) asked.set(`${socket} ${direction} ${message.id}`, { method, call });
      return { line, method, reply: "none", call };
    }
    const request = asked.get(`${socket} ${other[direction]} ${message?.id}`);
    const reply = message?.error === undefined ? (message?.result === undefined ? "none" : "result") : "error";
    return { line, method: request?.method, reply, call: call ?? request?.call };
  });
}

/** @returns {string | undefined} */
function callOf(/** @type {any} */ message) {
  const { params, result } = message ?? {};
  return params?.dialogParams?.callID ?? params?.callID ?? result?.callID ?? message?.call_id;
}

/** @returns {Entry} */
function entryOfMessage(/** @type {Message} */ { line, method, reply }) {
  const { message } = line;
  const name = short(method) ?? message?.type ?? words.log.unknownMethod;
  const titles = { none: name, result: words.log.reply(name), error: words.log.fault(name) };
  return {
    key: `wire ${line.id}`,
    at: line.at,
    way: line.direction === "from_browser" ? "to_gateway" : "to_browser",
    title: titles[reply],
    fields: reply === "none" ? fieldsOfRequest(name, message?.params ?? {}) : fieldsOfReply(message),
    tone: reply === "error" ? "problem" : "plain",
    webhook: undefined,
    details: message,
  };
}

function short(/** @type {string | undefined} */ method) {
  return method?.replace("telnyx_rtc.", "");
}

/** The few things one wants to know of a request at a glance. */
function fieldsOfRequest(/** @type {string} */ method, /** @type {any} */ params) {
  const dialog = params.dialogParams ?? {};
  switch (method) {
    case "invite":
    case "attach": {
      const from = params.caller_id_number ?? dialog.caller_id_number;
      const to = params.callee_id_number ?? dialog.destination_number;
      return [some(from) ? number(from) : "", some(to) ? `→ ${number(to)}` : "", media(params.sdp)].filter(some);
    }
    case "answer":
    case "media":
      return [media(params.sdp)].filter(some);
    case "bye":
      return [params.cause, params.causeCode, [params.sipCode, params.sipReason].filter(some).join(" ")]
        .filter(some)
        .map(String);
    case "modify":
      return [params.action].filter(some).map(String);
    case "info":
      return [keys(String(params.dtmf ?? ""))].filter(some);
    case "display":
      return [text(String(params.display_name ?? "")), number(params.display_number)].filter(some);
    case "login":
      return [text(String(params.login ?? ""))].filter(some);
    case "clientReady":
      return (params.reattached_sessions ?? []).map(String);
    case "gatewayState":
      return [params.state].filter(some).map(String);
    default:
      return [];
  }
}

function fieldsOfReply(/** @type {any} */ { result, error }) {
  const parts = [error?.code, error?.message, result?.message, result?.action, result?.holdState, result?.params?.state];
  return parts.filter(some).map((part) => text(String(part)));
}

function some(/** @type {unknown} */ value) {
  return value !== undefined && value !== null && value !== "";
}

/** The media line of an SDP, which the lab has shortened to its size and its media. */
function media(/** @type {unknown} */ sdp) {
  const [, line] = /(m=audio .*)/.exec(String(sdp ?? "")) ?? [];
  const formats = line?.split(" ").slice(3) ?? [];
  /** @type {Record<string, string>} */
  const names = { 0: "PCMU", 8: "PCMA", 9: "G722", 111: "opus" };
  return formats.flatMap((format) => names[format] ?? []).join(" ");
}

/** @returns {Entry} */
function entryOfReport(/** @type {import("./watch.js").Report} */ report) {
  return {
    key: `${report.at} ${report.path}`,
    at: report.at,
    way: "to_gateway",
    title: `POST ${report.path}`,
    fields: [words.log.bytes(report.bytes)],
    tone: "plain",
    webhook: undefined,
    details: report,
  };
}

/** @returns {Entry} */
function entryOfRequest(/** @type {import("./watch.js").RestRequest} */ request) {
  const { status, method, path, answer } = request;
  const [error] = Array.isArray(answer?.errors) ? answer.errors : [];
  return {
    key: `rest ${request.id}`,
    at: request.at,
    way: "from_server",
    title: `${method} ${withoutId(path)}`,
    fields: [status === null ? words.log.answerLost : words.log.status(status), error?.code, error?.title]
      .filter(some)
      .map((part) => text(String(part))),
    tone: status !== null && status < 400 ? "plain" : "problem",
    webhook: undefined,
    details: request,
  };
}

/** A path of REST without the id of the call, which everything here is about. */
function withoutId(/** @type {string} */ path) {
  return path.replace(/^\/v2/, "").replace(/^\/calls\/[^/]+/, "/calls/…");
}

/** @returns {Entry} */
function entryOfWebhook(/** @type {Webhook} */ webhook) {
  const body = parsed(webhook.body);
  const payload = body?.data?.payload ?? {};
  /** @type {Record<string, string>} */
  const progress = words.log.progress;
  const waits = ["held", "underway", "reversed"].includes(webhook.progress);
  const answered = webhook.status === null ? "" : words.log.status(webhook.status);
  return {
    key: webhook.id,
    at: webhook.occurred_at,
    way: "to_server",
    title: webhook.event_type,
    fields: [
      payload.state,
      payload.hangup_cause,
      progress[webhook.progress] ?? webhook.progress,
      webhook.attempts === 0 ? "" : words.log.attempts(webhook.attempts),
      webhook.attempts > 0 && webhook.status === null && !waits ? words.log.noAnswer : answered,
    ].filter(some),
    tone: webhook.progress === "delivered" ? "plain" : waits ? "attention" : "problem",
    webhook,
    details:
      webhook.body === null
        ? { ...webhook }
        : { body: body ?? webhook.body, headers: webhook.headers, requests: webhook.requests },
  };
}

/** @returns {any} */
function parsed(/** @type {string | null} */ body) {
  try {
    return body === null ? undefined : JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Sorts by time; what happened at one time stays in the order it came in. Keys become unique. */
function inOrder(/** @type {Entry[]} */ all) {
  all.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  /** @type {Map<string, number>} */
  const times = new Map();
  return all.map((entry) => {
    const count = times.get(entry.key) ?? 0;
    times.set(entry.key, count + 1);
    return count === 0 ? entry : { ...entry, key: `${entry.key} ${count}` };
  });
}
