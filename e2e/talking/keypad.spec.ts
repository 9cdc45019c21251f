import { expect, test } from "../fixtures/test.ts";

test("keys pressed while talking reach the far end, from the screen and from the keyboard", async ({
  phone,
  lab,
  wire,
}) => {
  await phone.dials("+12025550108");
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  const keypad = phone.page.getByRole("button", { name: "Keypad" });
  await expect(keypad).toHaveAttribute("aria-disabled", "true");
  await phone.page.keyboard.press("9");

  await lab.answers();
  await expect(phone.inCall).toBeVisible();
  await keypad.click();
  await phone.inCall.getByRole("button", { name: "1", exact: true }).click();
  await phone.inCall.getByRole("button", { name: "#", exact: true }).click();
  await phone.page.keyboard.press("*");

  await expect(phone.page.getByRole("status", { name: "Digits sent" })).toHaveText("1#*");
  await expect.poll(async () => (await lab.call()).dtmf).toBe("1#*");
  expect(wire.calls()).toEqual(["invite →", "← ringing", "← answer", "info →", "info →", "info →"]);
});
