import type { Page } from "@playwright/test";

import type { Phone } from "../fixtures/phone.ts";
import { test as base } from "../faults/faults.ts";

export { expect } from "@playwright/test";
export {
  ANSWERED,
  byes,
  HANDED_BACK,
  heard,
  modifications,
  RANG,
  rings,
  screens,
  SIGN_IN,
  signIns,
  talks,
  WE_HANG_UP,
} from "../faults/faults.ts";

export const DID_NOT_COME_BACK = "the page was reloaded, and the call did not come back";
export const COMING_BACK = "Coming back to the call";

/** The page is loaded anew in the same tab. Says nothing of what it comes back to. */
export async function reloads(page: Page): Promise<void> {
  await page.reload({ waitUntil: "commit" });
}

/** From now on the page gets no token, and so has no line, until the function that this gives is called. */
export async function withoutToken(page: Page): Promise<() => void> {
  let give = () => {};
  const given = new Promise<void>((resolve) => (give = resolve));
  await page.route("**/api/token", async (route) => {
    await given;
    await route.continue();
  });
  return give;
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

/** Specs of a page that is loaded anew, or left. */
export const test = base;
