import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, test } from "../fixtures/test.ts";

test("muted, nothing is heard at the far end, and unmuted it is heard again", async ({ phone, lab, wire }) => {
  const heard = async () => (await lab.call()).heard;
  const hearsTheBeeps = async () => Math.abs((await heard()).frequency_hz - BEEP_HZ) < 30;
  await phone.dials("+12025550107");
  await expect(phone.inCall).toBeVisible();
  await expect(phone.mute).toHaveAttribute("aria-pressed", "false");
  await expect.poll(hearsTheBeeps).toBe(true);

  await phone.mute.click();
  await expect(phone.mute).toHaveAttribute("aria-pressed", "true");
  await expect(async () => {
    // A pause between two beeps is silent as well: silence has to last longer than one.
    const since = (await heard()).packets;
    let packets = since;
    while (packets < since + 30) {
      const now = await heard();
      expect(now.level).toBeLessThan(0.001);
      ({ packets } = now);
    }
  }).toPass();

  await phone.mute.click();
  await expect(phone.mute).toHaveAttribute("aria-pressed", "false");
  await expect.poll(hearsTheBeeps).toBe(true);
  // Muting is between the page and its microphone: Telnyx is told nothing.
  expect(wire.calls()).toEqual(["invite →", "← ringing", "← answer"]);
});
