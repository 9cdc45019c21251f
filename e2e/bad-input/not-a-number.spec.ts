import { expect, test } from "../fixtures/test.ts";

for (const { written, said } of [
  { written: "", said: "Enter a number to call." },
  { written: "call me", said: "A number has digits only" },
  { written: "+1 202", said: "too short" },
  { written: "+1 202 555 0100 0100 0100", said: "too long" },
]) {
  test(`"${written}" is not dialled, and the field says why`, async ({ phone, lab, wire }) => {
    await phone.dials(written);
    await expect(phone.complaint).toContainText(said);
    await expect(phone.number).toHaveAttribute("aria-invalid", "true");
    await expect(phone.dialer).toBeVisible();
    expect(await lab.calls()).toEqual([]);
    expect(wire.calls()).toEqual([]);
  });
}

test("once the number is right the complaint is gone and the call goes out", async ({ phone }) => {
  await phone.dials("call me");
  await expect(phone.complaint).toBeVisible();
  await phone.dials("+12025550100");
  await expect(phone.inCall).toBeVisible();
});
