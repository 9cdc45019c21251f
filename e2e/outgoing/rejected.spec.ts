import { expect, test } from "../fixtures/test.ts";

test("a call that is declined says that they declined", async ({ phone, lab, wire, diary }) => {
  await phone.dials("+12025550104");
  await expect(phone.says(phone.ended)).toContainText("they declined");

  expect(await diary.lines()).not.toContain("screen In call");
  expect(await lab.call()).toMatchObject({ state: "ended" });
  expect(wire.callsTheyEnd()).toEqual(["invite →", "← ringing", "← bye"]);
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("Declined");
});
