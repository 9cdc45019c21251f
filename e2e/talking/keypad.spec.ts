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

for (const [width, height] of [
  [380, 667],
  [1280, 720],
] as const) {
  test(`the keypad and hang-up are on one screen of ${width} by ${height}, neither covers the other`, async ({ phone }) => {
    await phone.page.setViewportSize({ width, height });
    await phone.dials("+12025550107");
    await expect(phone.inCall).toBeVisible();
    await phone.inCall.getByRole("button", { name: "Keypad" }).click();

    const lowest = phone.inCall.getByRole("button", { name: "#", exact: true });
    const hangUp = phone.inCall.getByRole("button", { name: "Hang up" });
    for (const button of [phone.inCall.getByRole("button", { name: "Mute" }), lowest, hangUp]) {
      await expect(button).toBeInViewport({ ratio: 1 });
    }
    const [key, below] = [await lowest.boundingBox(), await hangUp.boundingBox()];
    expect((key?.y ?? 0) + (key?.height ?? 0)).toBeLessThan(below?.y ?? 0);
  });
}

test("what is wrong is said beside the keypad too, and in the bar above the calls", async ({ phone, lab }) => {
  await phone.page.setViewportSize({ width: 380, height: 667 });
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  await phone.inCall.getByRole("button", { name: "Keypad" }).click();
  await expect(phone.inCall.getByText("Sound connected")).toBeHidden();

  await lab.dropsSockets(60);
  const reconnecting = phone.inCall.getByText("Reconnecting to Telnyx");
  await expect(reconnecting).toBeVisible();
  await phone.opensCalls();
  await expect(reconnecting).toBeVisible();

  await lab.waits(60);
  await expect(reconnecting).toHaveCount(0, { timeout: 20_000 });
});
