import { BEEP_HZ } from "../fixtures/beeps.ts";
import { ANSWERED, expect, HANDED_BACK, screens, SIGN_IN, signIns, starts, talks, test } from "./faults.ts";
import { Logins } from "./logins.ts";

// The lab's clock moves by days: what calls in then is ahead of every call of other specs in the history.
test.use({ stackName: "token" });

/** A token of the lab's, and of Telnyx's, lives for a day; it is renewed after half of that. */
const HALF_A_LIFE = "12:00:00";
const HALF_A_DAY = 12 * 3600;

for (const value of ["ends_session", "ends_calls", "keeps_session"]) {
  test(`a token is renewed half a day before its end, with one login on the socket there is (expired_token: ${value})`, async ({
    closedPhone: phone,
    lab,
    farEnd,
  }) => {
    const logins = new Logins(phone.page);
    await lab.switches({ expired_token: value });
    await phone.page.clock.install();
    await phone.opens();
    await lab.waits(HALF_A_DAY);
    expect(logins.all()).toEqual([{ socket: 0, token: 0 }]);

    await phone.page.clock.fastForward(HALF_A_LIFE);
    await expect.poll(() => logins.all()).toEqual([
      { socket: 0, token: 0 },
      { socket: 0, token: 1 },
    ]);
    // Not only said, but heard: the lab's clock is moved next, and nobody is called before the gateway is asked again.
    const anew = async () => (await signIns(lab)).slice(SIGN_IN.length).slice(-SIGN_IN.length);
    await expect.poll(anew).toEqual(SIGN_IN);
    await expect(phone.line("Ready")).toBeVisible();

    // The old token ends, and nobody notices: a session that had gone on with it would be cut.
    await lab.waits(HALF_A_DAY + 60);
    const call = await lab.callsAgent("+12025550107");
    await expect(phone.incoming).toBeVisible();
    await phone.answers();
    await expect(phone.inCall).toContainText("Sound connected");
    await farEnd.knows({ id: call.call_id }, { state: "answered" });
    expect(logins.all()).toHaveLength(2);
  });
}

test("in a call the new token waits for the end of the call: sound flows on, the timer runs on, one login after it", async ({
  closedPhone: phone,
  lab,
  farEnd,
  diary,
}) => {
  const logins = new Logins(phone.page);
  await phone.page.clock.install();
  await phone.opens();
  const call = await talks(phone, lab);

  const renewed = phone.page.waitForResponse("**/api/token");
  await phone.page.clock.fastForward(HALF_A_LIFE);
  await renewed;
  await expect(phone.talkTime).toHaveText(/^12:00:\d\d$/);
  await farEnd.hears(call, BEEP_HZ);
  await expect(phone.inCall).toContainText("Sound connected");
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await farEnd.knows(call, { state: "answered" });
  expect(logins.all()).toEqual([{ socket: 0, token: 0 }]);
  expect(starts(await diary.lines())).toBe(1);

  await phone.hangsUp();
  await farEnd.knows(call, { state: "ended", hangup_source: "caller" });
  await expect.poll(() => logins.all()).toEqual([
    { socket: 0, token: 0 },
    { socket: 0, token: 1 },
  ]);
  await expect(phone.line("Ready")).toBeVisible();
});

test("a call that outlives its token is re-attached with the new one, should Telnyx cut the session", async ({
  closedPhone: phone,
  lab,
  farEnd,
  diary,
}) => {
  const logins = new Logins(phone.page);
  await lab.switches({ expired_token: "ends_session" });
  await phone.page.clock.install();
  await phone.opens();
  const call = await talks(phone, lab);
  await lab.waits(HALF_A_DAY);
  const renewed = phone.page.waitForResponse("**/api/token");
  await phone.page.clock.fastForward(HALF_A_LIFE);
  await renewed;
  await expect(phone.inCall).toContainText("Sound connected");

  await lab.waits(HALF_A_DAY + 60);

  await expect.poll(async () => (await diary.lines()).includes("attach →"), { timeout: 20_000 }).toBe(true);
  await expect(phone.inCall).toContainText("Sound connected");
  await farEnd.hears(call, BEEP_HZ);
  await farEnd.knows(call, { state: "answered" });
  expect(logins.all()).toEqual([
    { socket: 0, token: 0 },
    { socket: 1, token: 1 },
  ]);
  expect(starts(await diary.lines())).toBe(1);
});

test("a call that outlives its token is over, should Telnyx end it with the session (expired_token: ends_calls)", async ({
  closedPhone: phone,
  lab,
  farEnd,
}) => {
  await lab.switches({ expired_token: "ends_calls" });
  await phone.opens();
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };

  await lab.waits(2 * HALF_A_DAY + 60);

  await farEnd.knows(call, { state: "ended" });
  await expect(phone.ended).toBeVisible();
  await phone.page.getByRole("button", { name: "Done" }).click();
  await expect(phone.line("Ready")).toBeVisible({ timeout: 20_000 });
});

test("a successor that our server cannot give is asked for again, and the line stays", async ({
  closedPhone: phone,
}) => {
  const logins = new Logins(phone.page);
  await phone.page.clock.install();
  await phone.opens();
  let refusals = 0;
  await phone.page.route(
    "**/api/token",
    (route) => {
      refusals += 1;
      return route.abort();
    },
    { times: 1 },
  );
  await phone.page.clock.fastForward(HALF_A_LIFE);
  await expect.poll(() => refusals).toBe(1);
  await expect(phone.line("Ready")).toBeVisible();
  await phone.page.clock.fastForward(31_000);
  await expect.poll(() => logins.all()).toEqual([
    { socket: 0, token: 0 },
    { socket: 0, token: 1 },
  ]);
  await expect(phone.line("Ready")).toBeVisible();
});

test("a token that is refused while idle is replaced; until the line is ready the page says that calls may be missed", async ({
  closedPhone: phone,
  lab,
}) => {
  const logins = new Logins(phone.page);
  await phone.opens();
  const user = await lab.lastUser();
  await lab.gateway({ logins: Array.from({ length: 100 }, () => "incorrect" as const) });
  await lab.dropsSockets();

  await expect(phone.missing).toContainText("Telnyx refused to sign in this phone", { timeout: 30_000 });
  await expect(phone.line("Ready")).toHaveCount(0);
  expect(await lab.isSignedIn(user)).toBe(false);
  expect(await signIns(lab)).toContain("← error -32001 login");
  await lab.gateway({});

  await expect(phone.line("Ready")).toBeVisible({ timeout: 20_000 });
  await expect(phone.missing).toHaveCount(0);
  const [first, ...later] = logins.all();
  // The SDK tries the old one once more when it reconnects; after that each try has a token of its own.
  expect(first).toEqual({ socket: 0, token: 0 });
  expect(later[0]).toEqual({ socket: 1, token: 0 });
  expect(later.at(-1)?.token).toBeGreaterThan(0);
  expect((await signIns(lab)).slice(-SIGN_IN.length)).toEqual(SIGN_IN);
  await lab.callsAgent("+12025550107");
  await expect(phone.incoming).toBeVisible();
});

test("a login that is refused when a call's socket is back: the page signs in with another token, and the call goes on", async ({
  closedPhone: phone,
  lab,
  farEnd,
  diary,
}) => {
  const logins = new Logins(phone.page);
  await phone.opens();
  const call = await talks(phone, lab);
  await lab.gateway({ logins: ["incorrect", "incorrect"] });

  await lab.dropsSockets();

  await expect(phone.line("Telnyx refused")).toBeVisible({ timeout: 20_000 });
  await expect(phone.inCall).toContainText("Reconnecting to Telnyx");
  await expect(phone.line("Ready")).toBeVisible({ timeout: 30_000 });
  await expect(phone.inCall).not.toContainText("Reconnecting");
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await farEnd.hears(call, BEEP_HZ);
  await farEnd.knows(call, { state: "answered" });
  // The SDK tries the token it has; the page hands it others, on the socket there is.
  expect(logins.all()).toEqual([
    { socket: 0, token: 0 },
    { socket: 1, token: 0 },
    { socket: 1, token: 1 },
    { socket: 1, token: 2 },
  ]);
  await farEnd.wroteSoFar(...ANSWERED, ...HANDED_BACK);
  const lines = await diary.lines();
  expect(screens(lines)).toEqual(["Dialer", "Calling", "In call"]);
  expect(starts(lines)).toBe(1);
  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended", hangup_source: "caller" });
});

test("a token that ended while the computer slept is replaced when it wakes", async ({ closedPhone: phone, lab }) => {
  const logins = new Logins(phone.page);
  await phone.page.clock.install();
  await phone.opens();
  await phone.page.clock.pauseAt(Date.now() + 60_000);
  await lab.waits(2 * HALF_A_DAY + 60);
  await phone.page.clock.fastForward("24:01:00");
  await phone.page.clock.resume();

  await expect.poll(() => logins.all().at(-1)?.token, { timeout: 20_000 }).toBeGreaterThan(0);
  await expect(phone.line("Ready")).toBeVisible({ timeout: 20_000 });
  await lab.callsAgent("+12025550107");
  await expect(phone.incoming).toBeVisible();
});
