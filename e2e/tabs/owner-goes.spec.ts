import { expect, NOTHING, test } from "./tabs.ts";

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
