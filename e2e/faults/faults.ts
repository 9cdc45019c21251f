import { expect } from "@playwright/test";

import { FarEnd, type Named } from "../fixtures/far-end.ts";
import type { Lab } from "../fixtures/lab.ts";
import type { Phone } from "../fixtures/phone.ts";
import { test as base } from "../fixtures/test.ts";
import { housekeeping, transcript } from "../fixtures/transcript.ts";
import { Microphone } from "./microphone.ts";
import { Relay } from "./relay.ts";

export { expect };

interface PerTest {
  farEnd: FarEnd;
  microphone: Microphone;
  /** Stands between page and gateway; `wire` and the diary do not see what it passes on, the lab's own log does. */
  relay: Relay;
}

/** Specs of what goes wrong: the page, the lab and the wire between them, one of which misbehaves. */
export const test = base.extend<PerTest>({
  farEnd: async ({ lab }, use) => use(new FarEnd(lab)),
  microphone: async ({ page }, use) => use(await Microphone.of(page)),
  relay: async ({ page }, use) => use(await Relay.before(page)),
  closedPhone: async ({ closedPhone, microphone: _counted }, use) => use(closedPhone),
});

/** What is said about a call that is dialled and answered, up to the answer; see `transcript`. */
export const ANSWERED = ["invite →", "← ok invite", "← ringing", "ok ringing →", "← answer", "ok answer →"];

/** What is said about a call that is dialled, and rings there. */
export const RANG = ANSWERED.slice(0, 4);

/** What is said when the page hangs up. */
export const WE_HANG_UP = ["bye →", "← ok bye"];

/** What is said when a call that was answered is handed back to a browser that has a new socket. */
export const HANDED_BACK = ["← attach", "ok attach →", "attach →", "← ok attach"];

/** What is said of the line when a browser signs in; see `signIns`. */
export const SIGN_IN = ["login →", "← ok login", "← clientReady", "gatewayState →", "← ok gatewayState"];

/** Dials a number that answers by itself, and waits for the sound. */
export async function talks(phone: Phone, lab: Lab, number = "+12025550107"): Promise<Named> {
  await phone.dials(number);
  await expect(phone.inCall).toContainText("Sound connected");
  return { id: (await lab.call()).call_id };
}

/** Dials a number that rings until the lab is told otherwise, and waits until it does. */
export async function rings(phone: Phone, lab: Lab, number = "+12025550108"): Promise<Named> {
  await phone.dials(number);
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  return { id: (await lab.call()).call_id };
}

/** How many calls have an audio element that plays. */
export async function heard(phone: Phone, count: number): Promise<void> {
  await expect(phone.page.locator("body > audio")).toHaveCount(count);
}

/** What was said of the line, without the pings, which come as the time goes. */
export async function signIns(lab: Lab): Promise<string[]> {
  return housekeeping(await lab.wire()).filter((line) => !line.endsWith("ping") && !line.startsWith("ping"));
}

/** The hang-ups that were said on the gateway: `bye →` by the page, `← bye` by the far end. */
export async function byes(lab: Lab): Promise<string[]> {
  return transcript(await lab.wire()).filter((line) => line === "bye →" || line === "← bye");
}

/** What the browser wanted changed about calls, in order: `hold`, `unhold`, and `updateMedia` for an ICE restart. */
export async function modifications(lab: Lab): Promise<unknown[]> {
  const asked = (await lab.wire()).filter(({ message }) => message.method === "telnyx_rtc.modify");
  return asked.map(({ message }) => message.params?.["action"]);
}

/** How often a diary has a talk timer start from nothing. */
export function starts(lines: string[]): number {
  return lines.filter((line) => line === "timer 0:00").length;
}

/** The screens that a diary tells of, in order. */
export function screens(lines: string[]): string[] {
  return lines.filter((line) => line.startsWith("screen ")).map((line) => line.replace("screen ", ""));
}
