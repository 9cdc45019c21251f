import { expect, test } from "../fixtures/test.ts";
import type { Phone } from "../fixtures/phone.ts";
import type { Lab } from "../fixtures/lab.ts";

/** Talks for some seconds to someone who speaks all the time, and opens the history with the recording in it. */
async function records(phone: Phone, lab: Lab): Promise<void> {
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toHaveText("0:04");
  await phone.hangsUp();
  await lab.waits(5);
  await phone.opensCalls();
  await expect(phone.play).toBeVisible({ timeout: 20_000 });
}

test("a recording is drawn as loud as it is: beeps above, a tone below", async ({ phone, lab }) => {
  await records(phone, lab);
  const wave = phone.newestRow.locator(".player__wave");
  await expect(wave).toBeVisible();
  // What cuts the wave out of its colours is the picture the server drew of this very recording.
  const mask = await wave.evaluate((element) => getComputedStyle(element).maskImage);
  const address = /^url\("(.*)"\)$/.exec(mask)?.[1] ?? "";
  const picture = await phone.page.request.get(address);
  expect(picture.headers()["content-type"]).toBe("image/svg+xml");
  const heights = (lane: number) =>
    Array.from(drawn.matchAll(/M\d+ (\d+)h1v(\d+)/g), ([, top, height]) => [Number(top), Number(height)] as const)
      .filter(([top]) => Math.floor(top / 32) === lane)
      .map(([, height]) => height);
  const drawn = await picture.text();
  const [ours, theirs] = [heights(0), heights(1)];
  expect([ours.length, theirs.length]).toEqual([240, 240]);
  // Ours beep, so there is silence between; theirs is there all the time once they have answered.
  const loud = (lane: number[]) => lane.filter((height) => height > 4).length / lane.length;
  expect(loud(ours)).toBeGreaterThan(0.1);
  expect(loud(ours)).toBeLessThan(0.9);
  expect(loud(theirs)).toBeGreaterThan(0.9);
});

test("a click on the picture goes there, the keys move from there, and what was played is coloured", async ({
  phone,
  lab,
}) => {
  await records(phone, lab);
  const row = phone.newestRow;
  const position = row.getByRole("slider", { name: "Position" });
  const wave = row.locator(".player__wave");
  const length = Number(await position.getAttribute("max").then((max) => max ?? position.evaluate((e: HTMLInputElement) => e.max)));
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
