import { ANSWERED, byes, expect, heard, RANG, rings, screens, test, WE_HANG_UP } from "./faults.ts";

/** What is said up to an answer that does not reach the SDK. */
const UNHEARD_ANSWER = ANSWERED.slice(0, -1);

test("answered there and not here: the screen says exactly that, and history has the true talk time", async ({
  closedPhone: phone,
  relay,
  lab,
  farEnd,
  server,
  diary,
  microphone,
}) => {
  await phone.opens();
  const call = await rings(phone, lab);
  relay.stalls("answer");
  await lab.answers();

  await expect(phone.calling).toContainText("Telnyx says that the call is answered; this browser has not got the answer");
  await expect(phone.calling).toContainText(/Telnyx: answered \d/);
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  await expect(phone.talkTime).toHaveCount(0);
  await farEnd.knows(call, { state: "answered" });
  // Said by the gateway, taken by the relay, and never acknowledged by the SDK.
  await farEnd.wrote(...UNHEARD_ANSWER);
  expect(relay.waiting()).toEqual(["answer"]);
  await lab.waits(7);

  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended", hangup_source: "caller" });
  await farEnd.wrote(...UNHEARD_ANSWER, ...WE_HANG_UP);
  await expect.poll(async () => (await server.rowOf(call)).talk_ms).toBeGreaterThanOrEqual(7_000);
  expect(await server.rowOf(call)).toMatchObject({ outcome: "answered", telnyx: "heard" });
  await phone.opensCalls();
  await expect(phone.rowAbout("+12025550108")).toContainText("Answered");
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "Call ended"]);
  expect(await microphone.open()).toBe(0);
});

test("ended there and not here: the page hangs up, and says who ended it", async ({
  closedPhone: phone,
  relay,
  lab,
  farEnd,
  server,
  diary,
  microphone,
}) => {
  await phone.opens();
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toHaveText("0:01");
  relay.stalls("bye");
  await lab.hangsUp();

  await expect(phone.says(phone.ended)).toContainText("they hung up");
  expect(relay.waiting()).toEqual(["bye"]);
  expect(await microphone.open()).toBe(0);
  expect(await byes(lab)).toEqual(["← bye", "bye →"]);
  const call = { id: (await lab.call()).call_id };
  await farEnd.knows(call, { state: "ended", hangup_source: "callee" });
  await expect.poll(async () => (await server.rowOf(call)).outcome).toBe("answered");

  // The late word changes nothing.
  relay.delivers();
  await phone.page.getByRole("button", { name: "Done" }).click();
  await expect(phone.dialer).toBeVisible();
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended", "Dialer"]);
});

test("a number that gives up ringing where only Telnyx says so: no ringing screen stays behind", async ({
  closedPhone: phone,
  relay,
  lab,
  farEnd,
  microphone,
}) => {
  await phone.opens();
  relay.stalls("bye");
  const call = await rings(phone, lab, "+12025550117");
  await lab.waits(3);
  await expect.poll(() => relay.waiting()).toEqual(["bye"]);

  await expect(phone.says(phone.ended)).toContainText("Ended");
  await expect(phone.calling).toHaveCount(0);
  expect(await microphone.open()).toBe(0);
  await farEnd.knows(call, { state: "ended", hangup_source: "callee" });
  await farEnd.wrote(...RANG, "← bye", ...WE_HANG_UP);
});

test("a caller who gives up while our answer is on its way is gone from the screen", async ({
  closedPhone: phone,
  relay,
  lab,
  farEnd,
  diary,
  microphone,
}) => {
  await phone.opens();
  // Neither witness has told the page by the time the person answers.
  await lab.webhooks("hold");
  const call = { id: (await lab.callsAgent("+12025550107")).call_id };
  await expect(phone.incoming).toBeVisible();
  relay.stalls("bye");
  await lab.hangsUp();
  await farEnd.knows(call, { state: "ended" });
  await expect.poll(() => relay.waiting()).toEqual(["bye"]);

  await phone.answers();
  relay.delivers();

  await expect(phone.ended).toBeVisible();
  await expect(phone.incoming).toHaveCount(0);
  expect(await diary.lines()).not.toContain("screen In call");
  expect((await diary.lines()).filter((line) => line.startsWith("timer"))).toEqual([]);
  await expect.poll(() => microphone.open()).toBe(0);
  await heard(phone, 0);
  expect(await byes(lab)).toContain("← bye");
  await farEnd.knows(call, { state: "ended", hangup_source: "caller", hangup_cause: "originator_cancel" });
});

test("a caller who gives up is gone from the screen though the SDK never hears of it", async ({
  closedPhone: phone,
  relay,
  lab,
  farEnd,
  server,
}) => {
  await phone.opens();
  const call = { id: (await lab.callsUser("+12025550107", await lab.lastUser())).call_id };
  await expect(phone.incoming).toBeVisible();
  relay.stalls("bye");
  await lab.hangsUp();

  await expect(phone.incoming).toHaveCount(0);
  await expect(phone.says(phone.ended)).toContainText("you did not answer");
  expect(relay.waiting()).toEqual(["bye"]);
  await farEnd.knows(call, { state: "ended", hangup_source: "caller", hangup_cause: "originator_cancel" });
  // Theirs waits in the relay, and the page hangs up on the other witness's word.
  await farEnd.wrote("← invite", "ok invite →", "← bye", ...WE_HANG_UP);
  await expect.poll(() => server.rowOf(call)).toMatchObject({ direction: "incoming", outcome: "missed" });
});
