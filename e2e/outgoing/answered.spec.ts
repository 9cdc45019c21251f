import { expect, test } from "../fixtures/test.ts";

test("a call that is answered goes from Calling over Ringing to In call, and the timer runs", async ({
  phone,
  lab,
  wire,
  diary,
}) => {
  await phone.dials("+12025550100");
  await expect(phone.inCall).toBeVisible();
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await expect(phone.talkTime).toHaveText("0:01");

  const call = await lab.call();
  expect(call).toMatchObject({ to: "+12025550100", state: "answered", hangup_cause: null });
  expect(wire.calls()).toEqual(["invite →", "← ringing", "← answer"]);
  const told = (await diary.lines()).filter((line) => line.startsWith("screen"));
  expect(told).toEqual(["screen Dialer", "screen Calling", "screen In call"]);
});
