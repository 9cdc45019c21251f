import { Ears } from "../fixtures/ears.ts";
import { expect, test } from "../fixtures/test.ts";

test("a dropped socket is named, the call and its timer go on, and the far end is heard again", async ({
  phone,
  lab,
  diary,
}) => {
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toHaveText("0:01");

  await lab.dropsSockets();
  await expect(phone.inCall).toContainText("Reconnecting to Telnyx");
  await expect(phone.line("Ready")).toBeVisible();
  await expect.poll(async () => (await diary.lines()).includes("← attach")).toBe(true);

  await expect(phone.inCall).not.toContainText("Reconnecting");
  await expect(phone.inCall).toContainText("Sound connected");
  // The re-attached call has a stream of its own, which takes the old one's place once its track is there.
  await expect(async () => {
    const ears = await Ears.toTheFarEnd(phone.page);
    await expect.poll(async () => Math.abs((await ears.pitch()) - 440), { timeout: 2_000 }).toBeLessThan(10);
  }).toPass({ timeout: 15_000 });
  const timers = (await diary.lines()).filter((line) => line.startsWith("timer"));
  expect(timers.filter((line) => line === "timer 0:00")).toHaveLength(1);

  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await expect.poll(async () => (await lab.call()).state).toBe("ended");
});
