import { expect, test } from "../fixtures/test.ts";

const BUSY = "+12025550102";

test("the keypad writes a number, takes a slip back, and Call dials it", async ({ phone, lab }) => {
  for (const key of "+120255501039") await phone.key(key).click();
  await phone.page.getByRole("button", { name: "Erase last digit" }).click();
  await phone.page.getByRole("button", { name: "Erase last digit" }).click();
  await phone.key("2").click();
  await expect(phone.number).toHaveValue(BUSY);

  await phone.page.getByRole("button", { name: "Call", exact: true }).click();
  await expect(phone.ended).toBeVisible();
  expect((await lab.call()).to).toBe(BUSY);
});

test("typing goes to the number field without a click, and Enter dials", async ({ phone, lab }) => {
  await phone.page.keyboard.type("202-555-0102");
  await expect(phone.dialer).toContainText("+1 202 555 0102");
  await phone.page.keyboard.press("Enter");
  await expect(phone.ended).toBeVisible();
  expect((await lab.call()).to).toBe(BUSY);
});

test("a number pasted out of a CRM, invisible marks and all, is read and shown before it is dialled", async ({
  phone,
  lab,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await phone.page.evaluate(() => navigator.clipboard.writeText("\u202atel:+1 (202) 555\u20110102\u202c"));
  await phone.number.press("ControlOrMeta+v");
  await expect(phone.dialer).toContainText("+1 202 555 0102");
  await phone.number.press("Enter");
  await expect(phone.ended).toBeVisible();
  expect((await lab.call()).to).toBe(BUSY);
});
