import { BEEP_HZ } from "../fixtures/beeps.ts";
import { Ears } from "../fixtures/ears.ts";
import type { Lab } from "../fixtures/lab.ts";
import { MUSIC_HZ, playMusic } from "../fixtures/music.ts";
import type { Phone } from "../fixtures/phone.ts";
import { CONTROLLED } from "../fixtures/stack.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({
  stackName: "transfer",
  settings: [
    // Playwright reads what is asked for off the pattern.
    async ({}, use) => {
      const music = await playMusic();
      await use({ ...CONTROLLED, TONO_HOLD_MUSIC: music.url });
      music.close();
    },
    { scope: "worker" },
  ],
});

/** Says 440 Hz. */
const CUSTOMER = "+12025550107";
/** Rings until it is told to answer, then says 440 Hz, too. */
const THIRD = "+12025550108";
const BUSY = "+12025550102";
const FAR_END_HZ = 440;

async function talksWithTheCustomer(phone: Phone, lab: Lab): Promise<void> {
  await phone.dials(CUSTOMER);
  await expect(phone.inCall).toBeVisible();
  await expect.poll(() => hears(lab, CUSTOMER)).toBe("the agent");
}

/** Whom somebody hears, by pitch. */
async function hears(lab: Lab, number: string): Promise<string> {
  const pitch = await lab.pitchAt(number);
  const near = (hz: number) => Math.abs(pitch - hz) < 30;
  if (near(BEEP_HZ)) return "the agent";
  if (near(MUSIC_HZ)) return "music";
  if (near(FAR_END_HZ)) return "the other";
  return pitch === 0 ? "nobody" : `${pitch} Hz`;
}

/** How many far ends the page lets one hear. */
async function voices(phone: Phone): Promise<number> {
  return phone.page.evaluate(
    () => Array.from(document.querySelectorAll("audio")).filter(({ srcObject }) => srcObject !== null).length,
  );
}

/** The customer waits, and the agent speaks with the third party. */
async function consults(phone: Phone, lab: Lab): Promise<void> {
  await talksWithTheCustomer(phone, lab);
  await phone.transfers(THIRD, "Ask first");
  await expect(phone.inCall).toContainText("Calling +1 202 555 0108. +1 202 555 0107 is on hold.");
  await expect.poll(() => hears(lab, CUSTOMER)).toBe("music");
  // Telnyx has not parted them yet; the page has.
  await expect.poll(async () => (await lab.call()).heard.recent_level).toBeLessThan(0.01);
  await expect.poll(() => voices(phone)).toBe(0);
  await expect(phone.mute).toHaveAttribute("aria-pressed", "false");
  await lab.answersAt(THIRD);
  await expect(phone.inCallButton("Join them")).toBeVisible();
  await expect(phone.inCall).toContainText("+1 202 555 0107 is on hold.");
  await expect.poll(() => hears(lab, THIRD)).toBe("the agent");
  const ears = await Ears.toTheFarEnd(phone.page);
  await expect.poll(async () => Math.abs((await ears.pitch()) - FAR_END_HZ)).toBeLessThan(10);
  expect(await hears(lab, CUSTOMER)).toBe("music");
}

test("a blind transfer that is answered leaves the two others with each other", async ({ phone, lab, server }) => {
  const before = (await server.rows()).length;
  await talksWithTheCustomer(phone, lab);
  await phone.transfers(THIRD, "Transfer now");
  await expect(phone.says(phone.ended)).toHaveText("Transferred to +1 202 555 0108");
  await expect.poll(() => hears(lab, CUSTOMER)).toBe("music");
  await lab.answersAt(THIRD);
  await expect.poll(() => hears(lab, CUSTOMER)).toBe("the other");
  await expect.poll(() => hears(lab, THIRD)).toBe("the other");
  expect(await lab.states()).toEqual({ browser: "ended", [CUSTOMER]: "answered", [THIRD]: "answered" });
  await expect.poll(async () => (await server.newestRow()).transfer?.stage).toBe("done");
  expect(await server.newestRow()).toMatchObject({ outcome: null, transfer: { to: THIRD, how: "blind" } });

  await lab.hangsUpAt(THIRD);
  await expect.poll(() => lab.states()).toEqual({ browser: "ended", [CUSTOMER]: "ended", [THIRD]: "ended" });
  await expect.poll(async () => (await server.newestRow()).outcome).toBe("answered");
  expect((await server.rows()).length).toBe(before + 1);
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("Transferred to +1 202 555 0108");
});

test("a blind transfer to somebody who is busy ends, and screen and row say why", async ({ phone, lab, server }) => {
  await talksWithTheCustomer(phone, lab);
  await phone.transfers(BUSY, "Transfer now");
  await expect(phone.says(phone.ended)).toHaveText("Not transferred to +1 202 555 0102: they are on another call");
  await expect.poll(() => lab.states()).toEqual({ browser: "ended", [CUSTOMER]: "ended", [BUSY]: "ended" });
  await expect.poll(async () => (await server.newestRow()).transfer?.stage).toEqual({ failed: { cause: "busy" } });
  expect(await server.newestRow()).toMatchObject({ outcome: "answered", cause: "busy", ended_by: "them" });
});

test("one asks first, and joins them", async ({ phone, lab, server }) => {
  await consults(phone, lab);
  await phone.inCallButton("Join them").click();
  await expect(phone.says(phone.ended)).toHaveText("Transferred to +1 202 555 0108");
  await expect.poll(() => hears(lab, CUSTOMER)).toBe("the other");
  await expect.poll(() => hears(lab, THIRD)).toBe("the other");
  expect(await lab.states()).toEqual({ browser: "ended", [CUSTOMER]: "answered", [THIRD]: "answered" });
  await expect.poll(async () => (await server.newestRow()).transfer?.stage).toBe("done");
});

test("one asks first, and goes back", async ({ phone, lab, server }) => {
  await consults(phone, lab);
  await phone.inCallButton("Back to +1 202 555 0107").click();
  await expect.poll(() => hears(lab, CUSTOMER)).toBe("the agent");
  await expect.poll(() => lab.states()).toEqual({ browser: "answered", [CUSTOMER]: "answered", [THIRD]: "ended" });
  await expect(phone.inCall).not.toContainText("on hold");
  await expect(phone.inCall.getByRole("button", { name: "Transfer", exact: true })).toBeVisible();
  expect((await server.newestRow()).transfer?.stage).toBe("cancelled");
});

test("who is asked first and busy is said to be, and one is back by oneself", async ({ phone, lab }) => {
  await talksWithTheCustomer(phone, lab);
  await phone.transfers(BUSY, "Ask first");
  await expect(phone.inCall).toContainText("Not transferred to +1 202 555 0102: they are on another call");
  await expect.poll(() => hears(lab, CUSTOMER)).toBe("the agent");
  expect(await lab.states()).toEqual({ browser: "answered", [CUSTOMER]: "answered", [BUSY]: "ended" });
});

test("a customer who hangs up meanwhile is said to have, and one goes on with the third party", async ({
  phone,
  lab,
  server,
}) => {
  await consults(phone, lab);
  await lab.hangsUpAt(CUSTOMER);
  await expect(phone.inCall).toContainText("+1 202 555 0107 has hung up.");
  await expect(phone.inCallButton("Join them")).toHaveCount(0);
  await expect.poll(() => hears(lab, THIRD)).toBe("the agent");
  expect(await lab.states()).toEqual({ browser: "answered", [CUSTOMER]: "ended", [THIRD]: "answered" });
  await phone.hangsUp();
  await expect.poll(() => lab.states()).toEqual({ browser: "ended", [CUSTOMER]: "ended", [THIRD]: "ended" });
  await expect.poll(async () => (await server.newestRow()).outcome).toBe("answered");
});

test("an agent who hangs up meanwhile has joined them", async ({ phone, lab, server }) => {
  await consults(phone, lab);
  await phone.hangsUp();
  await expect.poll(() => hears(lab, CUSTOMER)).toBe("the other");
  await expect(phone.says(phone.ended)).toHaveText("Transferred to +1 202 555 0108");
  expect(await lab.states()).toEqual({ browser: "ended", [CUSTOMER]: "answered", [THIRD]: "answered" });
  await expect.poll(async () => (await server.newestRow()).transfer?.stage).toBe("done");
});

test("what is no number, or may not be called, is said under the field and changes nothing", async ({ phone, lab }) => {
  await talksWithTheCustomer(phone, lab);
  await phone.transfers("five", "Transfer now");
  await expect(phone.inCall.getByRole("alert")).toContainText("digits only");
  expect(await lab.states()).toEqual({ browser: "answered", [CUSTOMER]: "answered" });
  expect(await hears(lab, CUSTOMER)).toBe("the agent");
});

test("a page that is loaded anew in a call can transfer it as before", async ({ phone, lab }) => {
  await talksWithTheCustomer(phone, lab);

  await phone.page.reload({ waitUntil: "commit" });

  await expect(phone.inCall).toContainText("Sound connected");
  await phone.transfers(THIRD, "Ask first");
  await expect(phone.inCall).toContainText("Calling +1 202 555 0108. +1 202 555 0107 is on hold.");
  await phone.hangsUp();
  await expect(phone.ended).toBeVisible();
  // Nobody had answered, so nobody is left.
  await expect.poll(async () => (await lab.call()).state).toBe("ended");
});
