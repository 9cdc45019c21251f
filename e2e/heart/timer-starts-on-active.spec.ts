import { expect, test } from "../fixtures/test.ts";

test("the timer starts when the answer has come, at zero, and never while it rings", async ({ phone, lab, diary }) => {
  await phone.dials("+12025550108");
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  await lab.waits(25);
  await expect(phone.talkTime).toHaveCount(0);

  await lab.answers();
  await expect(phone.talkTime).toBeVisible();
  await expect(phone.talkTime).toHaveText("0:01");

  expect(await diary.before("← answer")).toContain("← ringing");
  expect((await diary.before("← answer")).filter((line) => line.startsWith("timer"))).toEqual([]);
  const [first, second] = (await diary.lines()).filter((line) => line.startsWith("timer"));
  expect([first, second]).toEqual(["timer 0:00", "timer 0:01"]);
});
