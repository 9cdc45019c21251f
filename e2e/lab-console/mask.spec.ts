import { expect, test } from "./console.ts";

test("numbers are masked on the whole page, in JSON too, and stay so", async ({ phone, console }) => {
  await console.opens();
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toBeVisible();
  await phone.page.keyboard.press("5");
  await console.choosesNewest();
  await expect(console.call).toContainText("Keys pressed");
  await console.call.getByText("Ids and everything else as JSON").click();
  await console.message("invite").first().locator("summary").click();
  await console.message("call.answered").locator("summary").click();
  await console.message("info").first().locator("summary").click();
  await expect(console.call).toContainText('"destination_number": "+12025550107"');

  const digits = async () => (await console.page.locator("body").innerText()).replaceAll(/[\s().-]/g, "");
  expect(await digits()).toContain("12025550107");
  expect(await digits()).toContain('"dtmf":"5"');
  await console.page.getByRole("switch", { name: "Mask numbers" }).check();
  const masked = async () => {
    const all = await digits();
    expect(all).not.toContain("2025550107");
    expect(all).not.toContain("5550");
    expect(all).not.toContain('"dtmf":"5"');
    expect(all).not.toContain("+1202");
  };
  await masked();
  expect(await digits()).toContain("••••07");
  // What is no number is left as it was.
  await expect(console.call).toContainText('"method": "telnyx_rtc.invite"');

  for (const view of ["Numbers", "Recordings", "Faults", "Connect"] as const) {
    await console.goesTo(view);
    await masked();
  }
  await console.page.reload();
  await expect(console.page.getByRole("switch", { name: "Mask numbers" })).toBeChecked();
  await expect(console.numbers.or(console.page.getByRole("heading", { name: "Addresses" }))).toBeVisible();
  await masked();
});
