import { expect, test } from "./console.ts";

test("a recording is heard, through a new link when the old one has expired", async ({ phone, lab, console }) => {
  await console.opens("#recordings");
  await expect(console.page.getByText("No recordings yet")).toBeVisible();
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toHaveText("0:03");
  await phone.hangsUp();
  await lab.waits(5);

  await expect(console.recordings.getByRole("listitem")).toContainText("+1 202 555 0107");
  await console.recordings.getByRole("button", { name: /^Listen to the recording/ }).click();
  const audio = console.recordings.locator("audio");
  const position = () => audio.evaluate((element: HTMLAudioElement) => element.currentTime);
  await expect.poll(position).toBeGreaterThan(0.5);
  expect(await audio.evaluate((element: HTMLAudioElement) => element.duration)).toBeGreaterThan(2.5);

  const before = await audio.getAttribute("src");
  await lab.waits(601);
  expect((await fetch(before ?? "")).status).toBe(403);
  // The same link with a tail, so that the browser asks the lab and not its own memory.
  await audio.evaluate((element: HTMLAudioElement) => (element.src += "&asked=again"));
  await expect.poll(() => audio.getAttribute("src")).not.toContain(before ?? "");
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => !element.paused && element.error === null)).toBe(true);
  await expect.poll(position).toBeGreaterThan(0.5);

  // The same beside the call's messages.
  await console.goesTo("Calls");
  await console.choosesNewest();
  await console.call.getByRole("button", { name: /^Listen to the recording/ }).click();
  await expect
    .poll(() => console.call.locator("audio").evaluate((element: HTMLAudioElement) => element.currentTime))
    .toBeGreaterThan(0.2);
});
