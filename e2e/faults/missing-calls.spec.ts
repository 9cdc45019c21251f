import { BEEP_HZ } from "../fixtures/beeps.ts";
import type { FarEnd } from "../fixtures/far-end.ts";
import type { Lab } from "../fixtures/lab.ts";
import type { Phone } from "../fixtures/phone.ts";
import { ANSWERED, expect, HANDED_BACK, screens, SIGN_IN, signIns, starts, talks, test } from "./faults.ts";
import { Logins } from "./logins.ts";

// Somebody calls in after the lab's clock was moved: in the history that call is ahead of those of other specs.
test.use({ stackName: "missing-calls" });

/** Somebody calls, is heard here, and hears us. */
async function takesACall(phone: Phone, lab: Lab, farEnd: FarEnd): Promise<void> {
  const call = { id: (await lab.callsAgent("+12025550107")).call_id };
  await phone.answers();
  await expect(phone.inCall).toContainText("Sound connected");
  await farEnd.knows(call, { state: "answered" });
  await farEnd.hears(call, BEEP_HZ);
  await farEnd.wrote("← invite", "ok invite →", "answer →", "← ok answer");
}

/** What is wrong is this side's alone: the gateway has this browser, which has signed in once. */
async function staysSignedIn(lab: Lab): Promise<void> {
  expect(await lab.isSignedIn(await lab.lastUser())).toBe(true);
  expect((await signIns(lab)).filter((line) => line === "login →")).toHaveLength(1);
}

test("a socket that stays away: the page says that calls may be missed, and no longer once the line is back", async ({
  phone,
  lab,
  farEnd,
}) => {
  const user = await lab.lastUser();
  await lab.dropsSockets(60);
  await expect(phone.missing).toContainText("Reconnecting to Telnyx");
  await expect(phone.line("Reconnecting to Telnyx")).toBeVisible();
  await expect(phone.line("Ready")).toHaveCount(0);
  // It is true: whoever calls now finds nobody.
  expect(await lab.isSignedIn(user)).toBe(false);
  await expect(lab.callsAgent("+12025550107")).rejects.toThrow("409");
  expect(await signIns(lab)).toEqual(SIGN_IN);

  await lab.waits(60);
  await expect(phone.line("Ready")).toBeVisible({ timeout: 30_000 });
  await expect(phone.missing).toHaveCount(0);
  expect(await lab.isSignedIn(user)).toBe(true);
  expect(await signIns(lab)).toEqual([...SIGN_IN, ...SIGN_IN]);
  await takesACall(phone, lab, farEnd);
});

test("a page that stood still asks the gateway at once whether calls reach it", async ({ closedPhone: phone, lab }) => {
  await phone.page.clock.install();
  await phone.opens();
  await lab.gateway({ mute: ["telnyx_rtc.gatewayState"] });
  const asked = async () => (await lab.wire()).filter(({ message }) => message.method === "telnyx_rtc.gatewayState").length;
  const before = await asked();

  await phone.page.clock.fastForward(60_000);
  await expect(phone.line("Telnyx has not been heard for a while")).toBeVisible();
  await expect.poll(asked).toBe(before + 1);

  // Nobody answers: the line is opened anew.
  await phone.page.clock.fastForward(6_000);
  await expect(phone.line("Ready")).toHaveCount(0);
  await lab.gateway({});
  await expect(phone.line("Ready")).toBeVisible({ timeout: 40_000 });
  await lab.callsAgent("+12025550107");
  await expect(phone.incoming).toBeVisible();
});

test("a tab that was frozen is ready again as soon as the gateway has said so", async ({ phone, lab }) => {
  const asked = async () => (await lab.wire()).filter(({ message }) => message.method === "telnyx_rtc.gatewayState").length;
  const before = await asked();
  // As a frozen tab is: not one of its timers and messages is dealt with.
  const debug = await phone.page.context().newCDPSession(phone.page);
  await debug.send("Debugger.enable");
  const paused = new Promise((done) => debug.once("Debugger.paused", done));
  await debug.send("Debugger.pause");
  await paused;
  const since = Date.now();
  await expect.poll(() => Date.now() - since, { timeout: 20_000 }).toBeGreaterThan(12_000);
  expect(await asked()).toBe(before);
  await debug.send("Debugger.resume");
  await debug.detach();

  await expect.poll(asked).toBeGreaterThan(before);
  await expect(phone.line("Ready")).toBeVisible();
  await lab.callsAgent("+12025550107");
  await expect(phone.incoming).toBeVisible();
});

test("a call goes on while the line is in doubt", async ({ closedPhone: phone, lab, farEnd, diary }) => {
  await phone.page.clock.install();
  await phone.opens();
  const call = await talks(phone, lab);
  await lab.gateway({ mute: ["telnyx_rtc.gatewayState"] });

  await phone.page.clock.fastForward(60_000);
  await expect(phone.line("Telnyx has not been heard for a while")).toBeVisible();
  await phone.page.clock.fastForward(6_000);
  await expect(phone.missing).toContainText("Telnyx has not been heard for a while");
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await expect(phone.inCall).toContainText("Sound connected");

  await lab.gateway({});
  await phone.page.clock.fastForward(6_000);
  await expect(phone.line("Ready")).toBeVisible();
  await expect(phone.missing).toHaveCount(0);
  await farEnd.knows(call, { state: "answered" });
  expect(starts(await diary.lines())).toBe(1);
});

// The SDK asks whether anybody is there once it has heard nothing for 20 s, and leaves the socket if it hears nothing then.
for (const called of [false, true]) {
  test(`a socket that stays open and goes deaf ${called ? "in a call" : "between calls"} is left for another`, async ({
    closedPhone: phone,
    lab,
    relay,
    farEnd,
    diary,
  }) => {
    await phone.page.clock.install();
    await phone.opens();
    const call = called ? await talks(phone, lab) : null;

    relay.deafens();
    await expect(async () => {
      await phone.page.clock.runFor(1_000);
      await expect(phone.line("Reconnecting to Telnyx")).toBeVisible({ timeout: 100 });
    }).toPass({ timeout: 60_000 });
    if (call) await expect(phone.says(phone.inCall)).toHaveText("In call");
    await expect(async () => {
      await phone.page.clock.runFor(1_000);
      await expect(phone.line("Ready")).toBeVisible({ timeout: 100 });
    }).toPass({ timeout: 60_000 });

    await expect(phone.missing).toHaveCount(0);
    expect(await signIns(lab)).toEqual([...SIGN_IN, ...SIGN_IN]);
    if (!call) return takesACall(phone, lab, farEnd);
    await farEnd.hears(call, BEEP_HZ);
    await farEnd.knows(call, { state: "answered" });
    await farEnd.wroteSoFar(...ANSWERED, ...HANDED_BACK);
    const lines = await diary.lines();
    expect(screens(lines)).toEqual(["Dialer", "Calling", "In call"]);
    expect(starts(lines)).toBe(1);
  });
}

test("a gateway that says this browser is not registered is believed, and the phone signs in again", async ({
  phone,
  lab,
}) => {
  const logins = new Logins(phone.page);
  // The SDK does nothing about this word; asked, the gateway repeats it once.
  await lab.gatewayTurns("EXPIRED", { states: ["EXPIRED"] });
  await expect(phone.line("Telnyx has not been heard for a while")).toBeVisible();

  await expect.poll(() => logins.all().length, { timeout: 20_000 }).toBe(1);
  await expect(phone.line("Ready")).toBeVisible({ timeout: 20_000 });
  await expect(phone.missing).toHaveCount(0);
  await lab.callsAgent("+12025550107");
  await expect(phone.incoming).toBeVisible();
});

test("a microphone whose permission is taken back: calls may be missed, until it is given again", async ({
  phone,
  lab,
  farEnd,
  microphone,
}) => {
  await microphone.mayNot();
  await expect(phone.missing).toContainText("The browser blocks the microphone");
  await expect(phone.line("The browser blocks the microphone")).toBeVisible();
  await staysSignedIn(lab);
  await microphone.may();
  await expect(phone.line("Ready")).toBeVisible();
  await expect(phone.missing).toHaveCount(0);
  await staysSignedIn(lab);
  await takesACall(phone, lab, farEnd);
});

test("a microphone that is pulled out while idle: calls may be missed, until one is plugged in", async ({
  phone,
  lab,
  farEnd,
  microphone,
}) => {
  await microphone.isUnplugged();
  await expect(phone.missing).toContainText("There is no microphone");
  await staysSignedIn(lab);
  await microphone.isPluggedIn();
  await expect(phone.line("Ready")).toBeVisible();
  await expect(phone.missing).toHaveCount(0);
  await staysSignedIn(lab);
  await takesACall(phone, lab, farEnd);
});

test("a live stream that is down keeps no call away", async ({ closedPhone: phone, lab }) => {
  await phone.page.clock.install();
  await phone.page.route("**/api/live*", (route) => route.abort());
  await phone.opens();
  await phone.page.clock.runFor(9_000);
  await expect(phone.line("Ready")).toBeVisible();
  await expect(phone.missing).toHaveCount(0);
  await lab.callsAgent("+12025550107");
  await expect(phone.incoming).toBeVisible();
});
