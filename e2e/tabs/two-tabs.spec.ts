import { BEEP_HZ } from "../fixtures/beeps.ts";
import { Ears } from "../fixtures/ears.ts";
import { expect, NOTHING, test } from "./tabs.ts";

test("of two tabs one registers and listens to the history, and both are ready", async ({ tabs }) => {
  const first = await tabs.open();
  const second = await tabs.open();

  await expect(second.elsewhere).toContainText("The phone is in another tab");
  await expect(first.elsewhere).toHaveCount(0);
  expect(await first.holds()).toEqual({ ...NOTHING, sockets: 1, streams: 1 });
  expect(await second.holds()).toEqual(NOTHING);
  expect(await tabs.logins()).toBe(1);
});

test("a call that is dialled in the tab without the phone is the same call in both", async ({ tabs, lab, farEnd }) => {
  const owner = await tabs.open();
  const mirror = await tabs.open();

  await mirror.dials("+12025550107");
  await expect(mirror.says(mirror.calling)).toHaveText("Ringing");
  await expect(owner.says(owner.calling)).toHaveText("Ringing");
  expect((await owner.holds()).tones).toBe(1);
  expect((await mirror.holds()).tones).toBe(0);
  await expect(mirror.inCall).toContainText("Sound connected");
  await expect(owner.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };
  await expect(mirror.elsewhere).toContainText("The sound of this call is in another tab");
  await expect(mirror.useHere).toHaveCount(0);

  expect(await owner.holds()).toEqual({ sockets: 1, streams: 1, tones: 0, microphones: 1, voices: 1 });
  expect(await mirror.holds()).toEqual(NOTHING);
  const ears = await Ears.toTheFarEnd(owner.page);
  await expect.poll(async () => Math.abs((await ears.pitch()) - 440)).toBeLessThan(10);
  await farEnd.hears(call, BEEP_HZ);
  await expect(mirror.talkTime).toHaveText("0:03");
  // Each shows its own second, which begins when its own clock ticks.
  const [here, there] = await Promise.all([owner.talked(), mirror.talked()]);
  expect(Math.abs(here - there)).toBeLessThanOrEqual(1);

  await mirror.mute.click();
  await expect(owner.mute).toHaveAttribute("aria-pressed", "true");
  await expect(mirror.mute).toHaveAttribute("aria-pressed", "true");
  await farEnd.hearsNothing(call);
  await mirror.mute.click();
  await expect(mirror.mute).toHaveAttribute("aria-pressed", "false");
  await farEnd.hears(call, BEEP_HZ);

  await mirror.hold.click();
  await expect(mirror.says(mirror.inCall)).toHaveText("On hold");
  await expect(owner.says(owner.inCall)).toHaveText("On hold");
  await farEnd.knows(call, { state: "held" });
  await mirror.hold.click();
  await expect(owner.says(owner.inCall)).toHaveText("In call");
  await farEnd.knows(call, { state: "answered" });

  await mirror.page.getByRole("button", { name: "Keypad" }).click();
  await mirror.inCall.getByRole("button", { name: "5", exact: true }).click();
  await mirror.page.keyboard.press("#");
  await farEnd.knows(call, { dtmf: "5#" });
  await expect(mirror.page.getByRole("status", { name: "Digits sent" })).toHaveText("5#");

  await mirror.hangsUp();
  await expect(mirror.says(mirror.ended)).toContainText("you hung up");
  await expect(owner.says(owner.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended" });
  expect(await owner.holds()).toEqual({ ...NOTHING, sockets: 1, streams: 1 });
  await lab.waits(5);
  for (const tab of [owner, mirror]) {
    await tab.opensCalls();
    await expect(tab.newestRow).toContainText("+1 202 555 0107");
    await expect(tab.play).toBeVisible({ timeout: 20_000 });
  }
  expect(await tabs.logins()).toBe(1);
  const methods = (await lab.wire()).map(({ message }) => message.method);
  expect(methods.filter((method) => method === "telnyx_rtc.invite")).toHaveLength(1);
});

test("a call that comes in rings once, and is answered from the tab without the phone", async ({ tabs, lab, farEnd }) => {
  const owner = await tabs.open();
  const mirror = await tabs.open();

  const call = { id: (await lab.callsAgent("+12025550107")).call_id };
  for (const tab of [owner, mirror]) await expect(tab.incoming).toContainText("+1 202 555 0107");
  expect((await owner.holds()).tones).toBe(1);
  expect((await mirror.holds()).tones).toBe(0);

  await mirror.answers();
  for (const tab of [owner, mirror]) await expect(tab.inCall).toContainText("Sound connected");
  expect((await owner.holds()).tones).toBe(0);
  expect(await mirror.holds()).toEqual(NOTHING);
  await farEnd.hears(call, BEEP_HZ);

  await owner.hangsUp();
  for (const tab of [owner, mirror]) await expect(tab.says(tab.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended" });
  await mirror.page.getByRole("button", { name: "Done" }).click();
  await expect(owner.dialer).toBeVisible();
});

test("a tab that is opened in the middle of a call shows it, timer and all, and can end it", async ({
  tabs,
  lab,
  farEnd,
}) => {
  const owner = await tabs.open();
  await owner.dials("+12025550107");
  await expect(owner.talkTime).toHaveText("0:03");
  const call = { id: (await lab.call()).call_id };

  const mirror = await tabs.open();
  await expect(mirror.inCall).toContainText("+1 202 555 0107");
  const [here, there] = await Promise.all([owner.talked(), mirror.talked()]);
  expect(Math.abs(here - there)).toBeLessThanOrEqual(1);

  await mirror.hangsUp();
  await expect(owner.says(owner.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended" });
  expect(await tabs.logins()).toBe(1);
});

test("what is no number is said in the tab where it was typed", async ({ tabs, lab }) => {
  await tabs.open();
  const mirror = await tabs.open();
  await mirror.dials("abc");
  await expect(mirror.complaint).toContainText("digits only");
  expect(await lab.calls()).toEqual([]);
});
