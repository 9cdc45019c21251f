import { expect, test } from "../fixtures/test.ts";

test("when they hang up the screen says so and the microphone is let go", async ({ phone, lab, wire }) => {
  await phone.dials("+12025550100");
  await expect(phone.inCall).toBeVisible();

  await lab.hangsUp();

  await expect(phone.says(phone.ended)).toContainText("they hung up");
  await expect(phone.talkTime).toHaveCount(0);
  expect(await lab.call()).toMatchObject({ state: "ended" });
  expect(wire.callsTheyEnd()).toEqual(["invite →", "← ringing", "← answer", "← bye"]);
  const streams = phone.page.locator("audio").evaluateAll((all: HTMLAudioElement[]) =>
    all.filter(({ srcObject }) => srcObject !== null).length,
  );
  expect(await streams).toBe(0);
});

test("a far end that leaves by itself after five seconds is noticed", async ({ phone, lab }) => {
  await phone.dials("+12025550105");
  await expect(phone.inCall).toBeVisible();
  await lab.waits(5);
  await expect(phone.says(phone.ended)).toContainText("they hung up");
});
