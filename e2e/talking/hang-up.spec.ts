import { expect, test } from "../fixtures/test.ts";

test("hanging up ends the call for both, once, however often it is pressed", async ({ phone, lab, wire }) => {
  await phone.dials("+12025550100");
  await expect(phone.inCall).toBeVisible();

  const hangUp = phone.page.getByRole("button", { name: "Hang up" });
  await hangUp.evaluate((button: HTMLButtonElement) => [1, 2, 3].forEach(() => button.click()));

  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await expect(phone.talkTime).toHaveCount(0);
  await expect.poll(async () => (await lab.call()).state).toBe("ended");
  // The server hangs up as well, so that it works with the socket down; its echo may come back.
  const said = wire.calls().filter((line) => line !== "← bye");
  expect(said).toEqual(["invite →", "← ringing", "← answer", "bye →"]);
});
