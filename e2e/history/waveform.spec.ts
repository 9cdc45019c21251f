import { expect, test } from "../fixtures/test.ts";
import type { Phone } from "../fixtures/phone.ts";
import type { Lab } from "../fixtures/lab.ts";
import { readWave } from "../fixtures/wave.ts";

/** Talks for some seconds to someone who speaks all the time, and opens the history with the recording in it. */
async function records(phone: Phone, lab: Lab): Promise<void> {
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toHaveText("0:04");
  await phone.hangsUp();
  await lab.waits(5);
  await phone.opensCalls();
  await expect(phone.play).toBeVisible({ timeout: 20_000 });
}

/** How high each of 240 steps has to be: the loudest sample of the hundredths of a second in it, 15 for the loudest of all. */
function heights(recording: Buffer): number[][] {
  const { rate, channels } = readWave(recording);
  const peaks = channels.map((samples) => {
    const piece = rate / 100;
    const pieces = Array.from({ length: Math.ceil(samples.length / piece) }, (_, at) =>
      samples.slice(at * piece, (at + 1) * piece).reduce((top, sample) => Math.max(top, Math.abs(sample)), 0),
    );
    return Array.from({ length: 240 }, (_, step) => {
      const [from, to] = [step, step + 1].map((edge) => Math.floor((edge * pieces.length) / 240)) as [number, number];
      return Math.max(...pieces.slice(from, Math.max(to, from + 1)));
    });
  });
  const top = Math.max(...peaks.flat());
  return peaks.map((lane) => lane.map((peak) => (peak / top) * 15));
}

test("a recording is drawn as loud as it is, a lane for each side", async ({ phone, lab, server }) => {
  await records(phone, lab);
  const wave = phone.newestRow.locator(".player__wave");
  await expect(wave).toBeVisible();
  // What cuts the wave out of its colours is the picture the server drew of this very recording.
  const mask = await wave.evaluate((element) => getComputedStyle(element).maskImage);
  const picture = await phone.page.request.get(/^url\("(.*)"\)$/.exec(mask)?.[1] ?? "");
  expect(picture.headers()["content-type"]).toBe("image/svg+xml");
  const steps = Array.from((await picture.text()).matchAll(/M(\d+) (\d+)h1v(\d+)/g), (step) => step.slice(1).map(Number));
  const lanes = heights(await server.recording());
  expect(steps.length).toBe(lanes.flat().length);
  for (const [at, high] of lanes.flat().entries()) {
    const [across, top, height] = steps[at] as [number, number, number];
    expect([across, Math.floor(top / 32)]).toEqual([at % 240, Math.floor(at / 240)]);
    expect(Math.abs((height - 1) / 2 - high), `step ${at}`).toBeLessThanOrEqual(1.1);
  }
  // Both were to be heard, and ours only in beeps.
  for (const lane of lanes) expect(Math.max(...lane)).toBeGreaterThan(2);
  expect(Math.min(...(lanes[0] ?? []))).toBeLessThan(1);
});

test("a click on the picture goes there, the keys move from there, and what was played is coloured", async ({
  phone,
  lab,
}) => {
  await records(phone, lab);
  const row = phone.newestRow;
  const position = row.getByRole("slider", { name: "Position" });
  const wave = row.locator(".player__wave");
  const length = await position.evaluate((element: HTMLInputElement) => Number(element.max));
  expect(length).toBeGreaterThan(3);
  const at = () => position.evaluate((element: HTMLInputElement) => Number(element.value));
  const played = () => wave.evaluate((element) => Number(element.style.getPropertyValue("--played")));

  const box = await position.boundingBox();
  if (box === null) throw new Error("the picture has no place");
  await position.click({ position: { x: box.width * 0.75, y: box.height / 2 } });
  expect(Math.abs((await at()) / length - 0.75)).toBeLessThan(0.05);
  expect(Math.abs((await played()) / 1000 - 0.75)).toBeLessThan(0.05);
  await expect(row).toContainText(/0:03 \/ 0:0[4-6]/);

  await expect(position).toBeFocused();
  await phone.page.keyboard.press("Home");
  expect(await played()).toBe(0);
  await phone.page.keyboard.press("ArrowRight");
  expect(await at()).toBeCloseTo(0.1);

  // It plays on from where it was put, and the colour follows.
  await position.click({ position: { x: box.width / 2, y: box.height / 2 } });
  const half = await played();
  await phone.play.click();
  const audio = row.locator("audio");
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.currentTime)).toBeGreaterThan(length * 0.5 + 0.3);
  await expect.poll(played).toBeGreaterThan(half + 50);
});

test("a recording that cannot be drawn can still be played and put to a place", async ({ closedPhone: phone, lab }) => {
  await phone.page.route("**/waveform", (route) => route.fulfill({ status: 404 }));
  await phone.opens();
  await records(phone, lab);
  const position = phone.newestRow.getByRole("slider", { name: "Position" });
  await position.focus();
  await phone.page.keyboard.press("End");
  await expect(phone.newestRow).toContainText(/0:0([4-6]) \/ 0:0\1/);
  await phone.page.keyboard.press("Home");
  await phone.play.click();
  await expect(phone.newestRow.getByRole("button", { name: "Pause recording" })).toBeVisible();
});
