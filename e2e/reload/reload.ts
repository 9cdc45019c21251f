import { expect, type Page } from "@playwright/test";

import { Phone } from "../fixtures/phone.ts";
import { test as base } from "../faults/faults.ts";

export { expect } from "@playwright/test";
export { screens } from "../faults/faults.ts";

export const DID_NOT_COME_BACK = "the page was reloaded, and the call did not come back";
export const COMING_BACK = "Coming back to the call";

/** The page is loaded anew in the same tab. Says nothing of what it comes back to. */
export async function reloads(page: Page): Promise<void> {
  await page.reload({ waitUntil: "commit" });
}

/** What the tab keeps for the page that follows; nothing once there is nothing to keep. */
export async function kept(page: Page): Promise<string | null> {
  return page.evaluate(() => sessionStorage.getItem("tono"));
}

/** The talk time on screen, in seconds. */
export async function talked(phone: Phone): Promise<number> {
  const [minutes, seconds] = ((await phone.talkTime.textContent()) ?? "").split(":").map(Number);
  return (minutes ?? 0) * 60 + (seconds ?? 0);
}

/** How many calls have an audio element that plays. */
export async function heard(phone: Phone, count: number): Promise<void> {
  await expect(phone.page.locator("body > audio")).toHaveCount(count);
}

/** Specs of a page that is loaded anew, or left. */
export const test = base;
