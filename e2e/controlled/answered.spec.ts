import { BEEP_HZ } from "../fixtures/beeps.ts";
import { Ears } from "../fixtures/ears.ts";
import { strength, strongest } from "../fixtures/pitch.ts";
import { CONTROLLED } from "../fixtures/stack.ts";
import { expect, test } from "../fixtures/test.ts";
import { readWave } from "../fixtures/wave.ts";

test.use({ stackName: "controlled", settings: CONTROLLED });

const FAR_END_HZ = 440;

test("the call waits until the customer answers, and only then is it in call", async ({ phone, lab, wire, diary }) => {
  await phone.dials("+12025550108");
  await expect.poll(async () => (await lab.legs()).filter(({ state }) => state === "ringing").length).toBe(2);
  // Of the far end's ringing nobody hears here, so nobody says it.
  await expect(phone.says(phone.calling)).toHaveText("Calling");
  expect(await lab.customer()).toMatchObject({ to: "+12025550108", from: "+12025550142", partner: null });
  expect(wire.calls()).toEqual(["invite →", "← ringing"]);
  expect(await lab.commands()).toEqual(["dial"]);

  await lab.customerAnswers();
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await expect(phone.talkTime).toHaveText("0:01");
  expect(wire.calls()).toEqual(["invite →", "← ringing", "← answer"]);
  await expect.poll(async () => lab.commands()).toEqual(["dial", "answer", "bridge"]);
  const told = (await diary.lines()).filter((line) => line.startsWith("screen"));
  expect(told).toEqual(["screen Dialer", "screen Calling", "screen In call"]);
  const [browser, customer] = [await lab.call(), await lab.customer()];
  expect(customer).toMatchObject({ state: "answered", call_session_id: browser.call_session_id });
});

test("sound flows both ways, and the recording has each side on a channel of its own", async ({ phone, lab, server }) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toBeVisible();
  const ears = await Ears.toTheFarEnd(phone.page);
  await expect.poll(async () => Math.abs((await ears.pitch()) - FAR_END_HZ)).toBeLessThan(10);
  await expect.poll(async () => Math.abs((await lab.call()).heard.frequency_hz - BEEP_HZ)).toBeLessThan(30);
  expect((await lab.customer()).recordings).toMatchObject([{ state: "recording", channels: "dual", format: "wav" }]);
  await expect(phone.talkTime).toHaveText("0:03");

  await phone.hangsUp();
  await expect.poll(async () => (await lab.customer()).state).toBe("ended");
  await lab.waits(5);
  await phone.opensCalls();
  await expect(phone.play).toBeVisible({ timeout: 20_000 });
  const { rate, channels } = readWave(await server.recording());
  // The leg that is recorded is the customer's: its own end is on the left.
  const [far, near] = channels;
  if (near === undefined || far === undefined) throw new Error(`the recording has ${channels.length} channels`);
  const candidates = [250, FAR_END_HZ, 700, BEEP_HZ, 1500];
  expect(strongest(near, rate, candidates)).toBe(BEEP_HZ);
  expect(strongest(far, rate, candidates)).toBe(FAR_END_HZ);
  expect(strength(far, rate, BEEP_HZ)).toBeLessThan(strength(far, rate, FAR_END_HZ) / 10);
});

test("webhooks that come twice lead to one call that is answered", async ({ phone, lab }) => {
  await phone.dials("+12025550120");
  await expect(phone.inCall).toBeVisible();
  await expect.poll(async () => lab.commands()).toEqual(["dial", "answer", "bridge"]);
  expect((await lab.legs()).length).toBe(2);
});
