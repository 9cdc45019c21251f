import { expect, test } from "../fixtures/test.ts";

test("a number that rings and rings ends as not answered", async ({ phone, lab, wire, diary }) => {
  await phone.dials("+12025550103");
  await expect(phone.says(phone.calling)).toHaveText("Ringing");

  await lab.waits(30);

  await expect(phone.says(phone.ended)).toContainText("nobody answered");
  expect((await diary.lines()).filter((line) => line.startsWith("timer"))).toEqual([]);
  expect(await lab.call()).toMatchObject({ state: "ended" });
  expect(wire.callsTheyEnd()).toEqual(["invite →", "← ringing", "← bye"]);
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("No answer");
});
