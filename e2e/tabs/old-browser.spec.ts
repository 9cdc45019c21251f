import { expect, NOTHING, test } from "./tabs.ts";

test("in a browser without locks and channels each tab has a phone of its own, as if it were alone", async ({
  context,
  tabs,
  lab,
}) => {
  await context.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
    Reflect.deleteProperty(window, "BroadcastChannel");
  });
  const first = await tabs.open();
  const second = await tabs.open();
  for (const tab of [first, second]) {
    await expect(tab.elsewhere).toHaveCount(0);
    await expect.poll(() => tab.holds()).toEqual({ ...NOTHING, sockets: 1, streams: 1 });
  }
  expect(await tabs.logins()).toBe(2);

  await first.dials("+12025550107");
  await expect(first.inCall).toContainText("Sound connected");
  await expect(second.dialer).toBeVisible();
  await first.hangsUp();
  await expect(first.says(first.ended)).toContainText("you hung up");
  await expect.poll(async () => (await lab.call()).state).toBe("ended");
});
