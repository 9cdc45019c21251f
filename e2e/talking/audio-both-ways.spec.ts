import { BEEP_HZ } from "../fixtures/beeps.ts";
import { Ears } from "../fixtures/ears.ts";
import { strength, strongest } from "../fixtures/pitch.ts";
import { expect, test } from "../fixtures/test.ts";
import { readWave } from "../fixtures/wave.ts";

const FAR_END_HZ = 440;

test("each side hears the other, and the recording has each on its own channel", async ({ phone, lab, server }) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toBeVisible();

  const ears = await Ears.toTheFarEnd(phone.page);
  await expect.poll(async () => Math.abs((await ears.pitch()) - FAR_END_HZ)).toBeLessThan(10);
  await expect
    .poll(async () => Math.abs((await lab.call()).heard.frequency_hz - BEEP_HZ))
    .toBeLessThan(30);
  // Enough to tell two pitches apart in what was recorded.
  await expect(phone.talkTime).toHaveText("0:03");

  await phone.hangsUp();
  await lab.waits(5);
  await phone.opensCalls();
  await expect(phone.play).toBeVisible({ timeout: 20_000 });

  const { rate, channels } = readWave(await server.recording());
  const [near, far] = channels;
  if (near === undefined || far === undefined) throw new Error(`the recording has ${channels.length} channels`);
  const candidates = [250, FAR_END_HZ, 700, BEEP_HZ, 1500];
  expect(strongest(near, rate, candidates)).toBe(BEEP_HZ);
  expect(strongest(far, rate, candidates)).toBe(FAR_END_HZ);
  expect(strength(near, rate, FAR_END_HZ)).toBeLessThan(strength(near, rate, BEEP_HZ) / 10);
  expect(strength(far, rate, BEEP_HZ)).toBeLessThan(strength(far, rate, FAR_END_HZ) / 10);
});
