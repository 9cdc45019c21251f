import { expect, NOTHING, test } from "./tabs.ts";

test("the phone is taken to another tab, and back, while no call lives", async ({ tabs, lab }) => {
  const first = await tabs.open();
  const second = await tabs.open();

  await second.useHere.click();
  await expect(second.elsewhere).toHaveCount(0);
  await expect(second.line("Ready")).toBeVisible();
  await expect(first.elsewhere).toContainText("The phone is in another tab");
  await expect.poll(() => second.holds()).toEqual({ ...NOTHING, sockets: 1, streams: 1 });
  await expect.poll(() => first.holds()).toEqual(NOTHING);

  await lab.callsAgent("+12025550107");
  await expect(first.incoming).toBeVisible();
  expect((await second.holds()).tones).toBe(1);
  expect((await first.holds()).tones).toBe(0);
  await first.declines();
  await expect(second.incoming).toHaveCount(0);

  await first.useHere.click();
  await expect(first.elsewhere).toHaveCount(0);
  await expect(first.line("Ready")).toBeVisible();
  await expect.poll(() => first.holds()).toEqual({ ...NOTHING, sockets: 1, streams: 1 });
  await expect.poll(() => second.holds()).toEqual(NOTHING);
  expect(await tabs.logins()).toBe(3);
});

test("with a third tab in the queue, the one that asked gets the phone", async ({ tabs }) => {
  const first = await tabs.open();
  const second = await tabs.open();
  const third = await tabs.open();

  await third.useHere.click();

  await expect(third.elsewhere).toHaveCount(0);
  for (const tab of [first, second]) await expect(tab.elsewhere).toContainText("The phone is in another tab");
  await expect.poll(() => third.holds()).toEqual({ ...NOTHING, sockets: 1, streams: 1 });
  for (const tab of [first, second]) await expect.poll(() => tab.holds()).toEqual(NOTHING);
  expect(await tabs.logins()).toBe(2);

  // The others are in the queue still.
  await third.page.close();
  await expect
    .poll(async () => (await first.holds()).sockets + (await second.holds()).sockets, { timeout: 20_000 })
    .toBe(1);
});

test("the phone stays where it is while a call rings, goes on, or is dialled", async ({ tabs, lab }) => {
  const owner = await tabs.open();
  const mirror = await tabs.open();
  await expect(mirror.useHere).toBeVisible();

  await lab.callsAgent("+12025550107");
  await expect(mirror.incoming).toBeVisible();
  await expect(mirror.useHere).toHaveCount(0);
  await owner.answers();
  await expect(mirror.inCall).toContainText("Sound connected");
  await expect(mirror.useHere).toHaveCount(0);
  await expect(mirror.elsewhere).toContainText("The sound of this call is in another tab");
  await owner.hangsUp();
  await expect(mirror.useHere).toBeVisible();
});
