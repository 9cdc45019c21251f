import { BEEP_HZ } from "../fixtures/beeps.ts";
import { Ears } from "../fixtures/ears.ts";
import { expect, test } from "../fixtures/test.ts";

test("pressing Play lets both sides of the call be heard, and the button becomes Pause", async ({ phone, lab }) => {
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toHaveText("0:04");
  await phone.hangsUp();
  await lab.waits(5);
  await phone.opensCalls();

  await phone.play.click({ timeout: 20_000 });
  const pause = phone.newestRow.getByRole("button", { name: "Pause recording" });
  await expect(pause).toBeVisible();
  const [near, far] = await Ears.toTheRecording(phone.page);
  await expect.poll(async () => Math.abs((await near.pitch()) - BEEP_HZ), { intervals: [50] }).toBeLessThan(10);
  await expect.poll(async () => Math.abs((await far.pitch()) - 440), { intervals: [50] }).toBeLessThan(10);

  await pause.click();
  await expect(phone.play).toBeVisible();
});
