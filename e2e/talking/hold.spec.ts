import { expect, test } from "../fixtures/test.ts";

test("on hold is what the SDK says, and talk time goes on", async ({ phone, lab, wire }) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toBeVisible();
  const hold = phone.page.getByRole("button", { name: "Hold" });

  await hold.click();
  await expect(phone.says(phone.inCall)).toHaveText("On hold");
  await expect(hold).toHaveAttribute("aria-pressed", "true");
  await expect.poll(async () => (await lab.call()).state).toBe("held");
  await expect(phone.talkTime).toHaveText("0:02");

  await hold.click();
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await expect(hold).toHaveAttribute("aria-pressed", "false");
  await expect.poll(async () => (await lab.call()).state).toBe("answered");
  expect(wire.calls()).toEqual(["invite →", "← ringing", "← answer", "modify →", "modify →"]);
});
