import { BEEP_HZ } from "../fixtures/beeps.ts";
import { Ears } from "../fixtures/ears.ts";
import { transcript } from "../fixtures/transcript.ts";
import { expect, NOTHING, type Tab, test } from "./tabs.ts";

test("the tab with the phone is closed: another has it at once, and can be called and call", async ({ tabs, lab }) => {
  const first = await tabs.open();
  const second = await tabs.open();
  await expect(second.elsewhere).toBeVisible();

  await first.page.close();

  await expect(second.elsewhere).toHaveCount(0);
  await expect(second.line("Ready")).toBeVisible();
  await expect.poll(() => second.holds()).toEqual({ ...NOTHING, sockets: 1, streams: 1 });
  await lab.callsAgent("+12025550107");
  await expect(second.incoming).toBeVisible();
  await second.declines();
  await second.page.getByRole("button", { name: "Done" }).click();
  await second.dials("+12025550107");
  await expect(second.inCall).toContainText("Sound connected");
  await second.hangsUp();
  await expect(second.ended).toBeVisible();
  expect(await tabs.logins()).toBe(2);
});

test("the tab with the phone crashes: another has it at once", async ({ tabs, lab }) => {
  const first = await tabs.open();
  const second = await tabs.open();
  await expect(second.elsewhere).toBeVisible();

  await first.crashes();

  await expect(second.elsewhere).toHaveCount(0);
  await expect.poll(() => second.holds()).toEqual({ ...NOTHING, sockets: 1, streams: 1 });
  await expect(second.line("Ready")).toBeVisible();
  await lab.callsAgent("+12025550107");
  await second.answers();
  await expect(second.inCall).toContainText("Sound connected");
});

test("how the last call ended is still to be read in the tab that takes over", async ({ tabs, lab }) => {
  const first = await tabs.open();
  const second = await tabs.open();
  await first.dials("+12025550107");
  await expect(second.inCall).toContainText("Sound connected");
  await lab.hangsUp();
  await expect(second.says(second.ended)).toContainText("they hung up");

  await first.page.close();

  await expect(second.elsewhere).toHaveCount(0);
  await expect(second.line("Ready")).toBeVisible();
  await expect(second.says(second.ended)).toContainText("they hung up");
  await second.page.getByRole("button", { name: "Done" }).click();
  await expect(second.dialer).toBeVisible();
});

for (const [how, goes] of [
  ["crashes", (tab: Tab) => tab.crashes()],
  ["is closed", (tab: Tab) => tab.page.close()],
] as const) {
  test(`the tab with the call ${how}: another comes back into the call, and a third shows it`, async ({
    tabs,
    lab,
    farEnd,
  }) => {
    const owner = await tabs.open();
    const heir = await tabs.open();
    const third = await tabs.open();
    await owner.dials("+12025550107");
    await expect(heir.inCall).toContainText("Sound connected");
    const call = { id: (await lab.call()).call_id };
    await expect(heir.talkTime).toHaveText("0:02");

    await goes(owner);

    await expect(heir.elsewhere).toHaveCount(0);
    await expect(heir.inCall).toContainText("Sound connected", { timeout: 20_000 });
    expect(await heir.talked()).toBeGreaterThanOrEqual(2);
    const ears = await Ears.toTheFarEnd(heir.page);
    await expect.poll(async () => Math.abs((await ears.pitch()) - 440), { timeout: 20_000 }).toBeLessThan(10);
    await farEnd.hears(call, BEEP_HZ);
    await farEnd.knows(call, { state: "answered" });
    expect(await heir.holds()).toEqual({ sockets: 1, streams: 1, tones: 0, microphones: 1, voices: 1 });
    expect(await third.holds()).toEqual(NOTHING);
    await expect(third.inCall).toContainText("Sound connected");
    await expect(third.elsewhere).toContainText("The sound of this call is in another tab");
    expect(Math.abs((await heir.talked()) - (await third.talked()))).toBeLessThanOrEqual(1);

    await third.hangsUp();
    await expect(heir.says(heir.ended)).toContainText("you hung up");
    await farEnd.knows(call, { state: "ended" });
    expect(await lab.calls()).toHaveLength(1);
    expect(transcript(await lab.wire()).filter((line) => line === "invite →")).toHaveLength(1);
    expect(await tabs.logins()).toBe(2);
  });
}

test("a call that was muted and on hold is so in the tab that takes over", async ({ tabs, lab, farEnd }) => {
  const owner = await tabs.open();
  const heir = await tabs.open();
  await owner.dials("+12025550107");
  await expect(heir.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };
  await owner.mute.click();
  await expect(heir.mute).toHaveAttribute("aria-pressed", "true");
  await owner.hold.click();
  await farEnd.knows(call, { state: "held" });
  await expect(heir.says(heir.inCall)).toHaveText("On hold");

  await owner.crashes();

  await expect(heir.elsewhere).toHaveCount(0);
  await expect(heir.line("Ready")).toBeVisible();
  await expect.poll(async () => (await heir.holds()).microphones, { timeout: 20_000 }).toBe(1);
  // Until it is back nothing can be asked of it.
  await expect(heir.inCall).not.toContainText("Coming back to the call");
  await expect(heir.says(heir.inCall)).toHaveText("On hold");
  await farEnd.knows(call, { state: "held" });
  // What is pressed as soon as it is back is done, whether or not the page is putting the call on hold anew.
  await heir.hold.click();
  await expect(heir.says(heir.inCall)).toHaveText("In call");
  await farEnd.knows(call, { state: "answered" });
  await expect(heir.mute).toHaveAttribute("aria-pressed", "true");
  await farEnd.hearsNothing(call);
  await heir.mute.click();
  await farEnd.hears(call, BEEP_HZ);
});

test("a call that only rang there goes with its tab, and the one that takes over says so", async ({ tabs, lab, farEnd }) => {
  const owner = await tabs.open();
  const heir = await tabs.open();
  await owner.dials("+12025550108");
  await expect(heir.says(heir.calling)).toHaveText("Ringing");
  const call = { id: (await lab.call()).call_id };

  await owner.crashes();

  await expect(heir.ended).toContainText("+1 202 555 0108", { timeout: 20_000 });
  await expect(heir.ended.getByRole("button", { name: "Call again" })).toBeVisible();
  await farEnd.knows(call, { state: "ended" });
  await expect(heir.line("Ready")).toBeVisible();
  expect((await heir.holds()).tones).toBe(0);
});
