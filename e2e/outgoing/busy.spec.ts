import { expect, test } from "../fixtures/test.ts";

test("a busy number says so, never shows a timer, and is Busy in the history", async ({ phone, lab, wire, diary }) => {
  await phone.dials("+12025550102");
  await expect(phone.says(phone.ended)).toContainText("they are on another call");

  expect(await diary.lines()).not.toContain("screen In call");
  expect(await lab.call()).toMatchObject({ state: "ended", sip_code: 486 });
  expect(wire.callsTheyEnd()).toEqual(["invite →", "← bye"]);

  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("Busy");
  await expect(phone.play).toHaveCount(0);
});
