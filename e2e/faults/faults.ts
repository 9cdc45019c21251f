import { FarEnd } from "../fixtures/far-end.ts";
import { test as base } from "../fixtures/test.ts";
import { Microphone } from "./microphone.ts";
import { Relay } from "./relay.ts";

export { expect } from "@playwright/test";

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

/** The screens that a diary tells of, in order. */
export function screens(lines: string[]): string[] {
  return lines.filter((line) => line.startsWith("screen ")).map((line) => line.replace("screen ", ""));
}
