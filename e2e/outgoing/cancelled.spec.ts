import { expect, test } from "../fixtures/test.ts";

test("giving up while it rings ends the call for both, as cancelled", async ({ phone, lab, wire }) => {
  await phone.dials("+12025550108");
  await expect(phone.says(phone.calling)).toHaveText("Ringing");

  await phone.hangsUp();

  await expect(phone.says(phone.ended)).toContainText("you hung up before an answer");
  await expect.poll(async () => (await lab.call()).state).toBe("ended");
  // The server hangs up as well, so that it works with the socket down; its echo may come back.
  expect(wire.calls().filter((line) => line !== "← bye")).toEqual(["invite →", "← ringing", "bye →"]);
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("Cancelled");
  await expect(phone.play).toHaveCount(0);
});
