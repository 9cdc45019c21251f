import type { CDPSession, Page } from "@playwright/test";

import { expect, NOTHING, test } from "./tabs.ts";

/** Stops a tab: none of its code runs until `thaws`. Chromium freezes for good reason only what nobody sees. */
async function freezes(page: Page): Promise<CDPSession> {
  const control = await page.context().newCDPSession(page);
  await control.send("Debugger.enable");
  await control.send("Debugger.pause");
  return control;
}

async function thaws(control: CDPSession): Promise<void> {
  await control.send("Debugger.disable");
}

test("a tab that has the phone and is frozen: the other says so, takes it, and keeps it", async ({ tabs, lab }) => {
  const owner = await tabs.open();
  const mirror = await tabs.open();
  await expect(mirror.useHere).toBeVisible();

  const control = await freezes(owner.page);
  await expect(mirror.elsewhere).toContainText("The tab that has the phone does not answer", { timeout: 30_000 });
  await expect(mirror.line("Ready")).toHaveCount(0);
  await mirror.useHere.click();
  await expect(mirror.elsewhere).toHaveCount(0);
  await expect(mirror.line("Ready")).toBeVisible();
  await lab.callsAgent("+12025550107");
  await expect(mirror.incoming).toBeVisible();
  await mirror.answers();
  await expect(mirror.inCall).toContainText("Sound connected");

  await thaws(control);
  await expect(owner.elsewhere).toContainText("The sound of this call is in another tab");
  await expect(owner.inCall).toContainText("+1 202 555 0107");
  await expect.poll(() => owner.holds()).toEqual(NOTHING);
  await expect(mirror.inCall).toContainText("Sound connected");
  expect((await lab.call()).state).toBe("answered");
});

test("a frozen tab that has a call keeps it: the other says so, and gets no way to take the phone", async ({
  tabs,
  lab,
}) => {
  const owner = await tabs.open();
  const mirror = await tabs.open();
  await owner.dials("+12025550107");
  await expect(mirror.inCall).toContainText("Sound connected");

  const control = await freezes(owner.page);
  await expect(mirror.elsewhere).toContainText("The tab that has the call does not answer", { timeout: 30_000 });
  await expect(mirror.useHere).toHaveCount(0);

  await thaws(control);
  await expect(mirror.elsewhere).toContainText("The sound of this call is in another tab");
  await expect(mirror.inCall).toContainText("Sound connected");
  expect(await tabs.logins()).toBe(1);
  expect((await lab.call()).state).toBe("answered");
});

test("a call in a tab that does not answer is hung up by our server", async ({ tabs, lab, farEnd }) => {
  await lab.switches({ sdk_leg_commands: "accepted" });
  const owner = await tabs.open();
  const mirror = await tabs.open();
  await owner.dials("+12025550107");
  await expect(mirror.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };

  const control = await freezes(owner.page);
  await expect(mirror.elsewhere).toContainText("The tab that has the call does not answer", { timeout: 30_000 });
  await mirror.hangsUp();
  await farEnd.knows(call, { state: "ended" });

  await thaws(control);
  for (const tab of [owner, mirror]) await expect(tab.ended).toContainText("+1 202 555 0107");
  await expect.poll(() => owner.holds()).toEqual({ ...NOTHING, sockets: 1, streams: 1 });
});
