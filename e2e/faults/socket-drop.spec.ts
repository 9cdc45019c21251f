import { BEEP_HZ } from "../fixtures/beeps.ts";
import { ANSWERED, byes, expect, HANDED_BACK, modifications, RANG, rings, screens, SIGN_IN, signIns, starts, talks, test } from "./faults.ts";

test("a socket that drops while it rings there: the call is lost, and the screen says so once the line is back", async ({
  phone,
  lab,
  server,
  farEnd,
  diary,
  microphone,
}) => {
  const call = await rings(phone, lab);

  await lab.dropsSockets(60);
  await expect(phone.calling).toContainText("Reconnecting to Telnyx");
  await lab.waits(60);

  // A call that nobody has answered is not given back (48501).
  await expect(phone.says(phone.ended)).toContainText("the connection to Telnyx was lost", { timeout: 20_000 });
  await expect(phone.line("Ready")).toBeVisible();
  await farEnd.knows(call, { state: "ended", hangup_cause: "originator_cancel" });
  await farEnd.wroteBesidesOurBye(...RANG);
  expect(await signIns(lab)).toEqual([...SIGN_IN, ...SIGN_IN]);
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "Call ended"]);
  expect(await microphone.open()).toBe(0);

  // Telnyx takes it for our hang-up; nobody here hung up, and history says what the screen says.
  await expect.poll(() => server.rowOf(call)).toMatchObject({ telnyx: "heard", outcome: "failed", cause: "lost" });
  await phone.opensCalls();
  await expect(phone.rowAbout("+12025550108")).toContainText("Failed");
});

test("a socket that drops before anything rings ends the same way", async ({ phone, lab, farEnd, diary }) => {
  await phone.dials("+12025550112");
  await expect(phone.says(phone.calling)).toHaveText("Calling");
  await farEnd.wrote("invite →", "← ok invite");
  const call = { id: (await lab.call()).call_id };

  await lab.dropsSockets();

  await expect(phone.says(phone.ended)).toContainText("the connection to Telnyx was lost", { timeout: 20_000 });
  await farEnd.knows(call, { state: "ended", hangup_cause: "originator_cancel" });
  await farEnd.wroteBesidesOurBye("invite →", "← ok invite");
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "Call ended"]);
});

test("a call on hold comes back on hold, and is taken off it as ever", async ({ phone, lab, farEnd, diary }) => {
  const call = await talks(phone, lab);
  const hold = phone.page.getByRole("button", { name: "Hold" });
  await hold.click();
  await expect(phone.says(phone.inCall)).toHaveText("On hold");

  await lab.dropsSockets(60);
  await expect(phone.inCall).toContainText("Reconnecting to Telnyx");
  await expect(phone.says(phone.inCall)).toHaveText("On hold");
  await lab.waits(60);
  await expect.poll(async () => (await diary.lines()).includes("← attach"), { timeout: 20_000 }).toBe(true);
  await expect(phone.inCall).not.toContainText("Reconnecting");
  await expect(phone.says(phone.inCall)).toHaveText("On hold");
  await farEnd.knows(call, { state: "held" });

  await hold.click();
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await farEnd.knows(call, { state: "answered" });
  expect(await modifications(lab)).toEqual(["hold", "unhold"]);
  await farEnd.wrote(...ANSWERED, "modify →", "← ok modify", ...HANDED_BACK, "modify →", "← ok modify");
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call"]);
  expect(starts(await diary.lines())).toBe(1);
});

test("hold that is pressed without a socket says that it failed, and works once the line is back", async ({
  phone,
  lab,
  farEnd,
  diary,
}) => {
  const call = await talks(phone, lab);
  const hold = phone.page.getByRole("button", { name: "Hold" });
  await lab.dropsSockets(60);
  await expect(phone.inCall).toContainText("Reconnecting to Telnyx");

  await hold.click();
  await expect(phone.inCall).toContainText("Hold did not work");
  await expect(hold).toHaveAttribute("aria-pressed", "false");
  await lab.waits(60);
  await expect.poll(async () => (await diary.lines()).includes("← attach"), { timeout: 20_000 }).toBe(true);
  await expect(phone.inCall).not.toContainText("Reconnecting");
  await expect(phone.inCall).not.toContainText("Hold did not work");

  await hold.click();
  await expect(phone.says(phone.inCall)).toHaveText("On hold");
  await farEnd.knows(call, { state: "held" });
  // What was pressed without a socket was never said, not even late.
  expect(await modifications(lab)).toEqual(["hold"]);
  await farEnd.wrote(...ANSWERED, ...HANDED_BACK, "modify →", "← ok modify");
});

test("muted when the socket drops is muted when the call is back", async ({ phone, lab, farEnd, diary }) => {
  const call = await talks(phone, lab);
  await phone.mute.click();
  await farEnd.hearsNothing(call);

  await lab.dropsSockets();
  await expect.poll(async () => (await diary.lines()).includes("attach →"), { timeout: 20_000 }).toBe(true);

  await expect(phone.inCall).not.toContainText("Reconnecting");
  await expect(phone.inCall).toContainText("Sound connected");
  await expect(phone.mute).toHaveAttribute("aria-pressed", "true");
  await farEnd.hearsNothing(call);
  await farEnd.knows(call, { state: "answered" });
  await farEnd.wrote(...ANSWERED, ...HANDED_BACK);
});

test("a number whose socket drops by itself: the timer never jumps", async ({ phone, lab, farEnd, diary }) => {
  const call = await rings(phone, lab, "+12025550123");
  await lab.waits(2);
  await expect(phone.talkTime).toBeVisible();
  await lab.waits(3);
  await expect.poll(async () => (await diary.lines()).includes("← attach"), { timeout: 20_000 }).toBe(true);
  await expect(phone.inCall).not.toContainText("Reconnecting");
  await expect(phone.inCall).toContainText("Sound connected");
  const shown = (await diary.lines()).filter((line) => line.startsWith("timer"));
  await farEnd.knows(call, { state: "answered" });
  await farEnd.wrote(...ANSWERED, ...HANDED_BACK);
  // Each second once, in order: all below ten, so that they sort as text.
  expect(shown).toEqual([...new Set(shown)].toSorted());
  expect(shown[0]).toBe("timer 0:00");
});

test("a socket that drops while hanging up: over is over, and its screen does not change", async ({
  phone,
  lab,
  farEnd,
  diary,
}) => {
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toBeVisible();
  const call = { id: (await lab.call()).call_id };
  await lab.gateway({ mute: ["telnyx_rtc.bye"] });
  await phone.hangsUp();
  await lab.dropsSockets();

  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await expect.poll(async () => (await diary.lines()).filter((line) => line === "← clientReady").length, {
    timeout: 20_000,
  }).toBe(2);
  await expect(phone.line("Ready")).toBeVisible();
  await farEnd.knows(call, { state: "ended" });
  await expect(phone.ended).not.toContainText("the line may stay open");
  // It was said once, on the socket that dropped; the gateway has ended the call, and hands nothing back.
  await farEnd.wrote(...ANSWERED, "bye →");
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended"]);
});

test("a socket that stays away for longer than a call survives ends the call honestly", async ({
  closedPhone: phone,
  lab,
  farEnd,
  diary,
  microphone,
}) => {
  await phone.page.clock.install();
  await phone.opens();
  const call = await talks(phone, lab);
  await lab.dropsSockets(3600);
  await expect(phone.inCall).toContainText("Reconnecting to Telnyx… 0:00 / 1:30");
  await phone.page.clock.fastForward(60_000);
  await expect(phone.inCall).toContainText("Reconnecting to Telnyx… 1:0");
  await expect(phone.talkTime).toHaveText(/1:0\d/);

  await phone.page.clock.fastForward(31_000);
  await expect(phone.says(phone.ended)).toContainText("the connection to Telnyx was lost for too long");
  await expect(phone.ended.getByRole("button", { name: "Call again" })).toBeVisible();
  expect(await microphone.open()).toBe(0);
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended"]);
  // Nobody could be told; the gateway gives up a browser that does not come back.
  await lab.waits(91);
  await farEnd.knows(call, { state: "ended" });
  await farEnd.wrote(...ANSWERED);

  // And it can be called again once the line is back.
  await lab.waits(3600 - 91);
  await expect(async () => {
    await phone.page.clock.fastForward(10_000);
    await expect(phone.line("Ready")).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await phone.ended.getByRole("button", { name: "Call again" }).click();
  await expect(phone.inCall).toContainText("Sound connected");
  // Of the first not one word more was said.
  await farEnd.wrote(...ANSWERED, ...ANSWERED);
});

test("a socket that drops while a call rings here: its card goes, and the caller is not kept ringing", async ({
  phone,
  lab,
  farEnd,
  diary,
  microphone,
}) => {
  const call = { id: (await lab.callsAgent("+12025550107")).call_id };
  await expect(phone.incoming).toBeVisible();

  await lab.dropsSockets();

  await expect(phone.incoming).toHaveCount(0, { timeout: 20_000 });
  await farEnd.knows(call, { state: "ended" });
  await expect(phone.line("Ready")).toBeVisible({ timeout: 20_000 });
  await farEnd.wroteBesidesOurBye("← invite", "ok invite →");
  expect(await diary.lines()).not.toContain("screen In call");
  expect(await microphone.open()).toBe(0);
});

test("a socket that drops between our answer and its reply: Telnyx took the answer, and hands back a call that talks", async ({
  phone,
  lab,
  farEnd,
  diary,
}) => {
  await lab.gateway({ mute: ["telnyx_rtc.answer"] });
  const call = { id: (await lab.callsAgent("+12025550107")).call_id };
  await expect(phone.incoming).toBeVisible();
  await phone.answers();
  await expect.poll(async () => (await diary.lines()).includes("answer →")).toBe(true);
  await farEnd.knows(call, { state: "answered" });
  // Nobody here has said that it is answered.
  await expect(phone.inCall).toHaveCount(0);

  await lab.dropsSockets();

  await expect(phone.inCall).toContainText("Sound connected", { timeout: 20_000 });
  await expect(phone.incoming).toHaveCount(0);
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await farEnd.hears(call, BEEP_HZ);
  await farEnd.knows(call, { state: "answered" });
  const lines = await diary.lines();
  expect(starts(lines)).toBe(1);
  expect(lines.indexOf("timer 0:00")).toBeGreaterThan(lines.indexOf("← attach"));
  expect(await byes(lab)).toEqual([]);
});
