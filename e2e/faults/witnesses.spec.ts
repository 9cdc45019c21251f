import { expect, screens, test } from "./faults.ts";

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
  await phone.dials("+12025550108");
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  relay.stalls("answer");
  await lab.answers();

  await expect(phone.calling).toContainText("Telnyx says that the call is answered; this browser has not got the answer");
  await expect(phone.calling).toContainText(/Telnyx: answered \d/);
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  await expect(phone.talkTime).toHaveCount(0);
  await lab.waits(7);

  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await farEnd.knows({ id: (await lab.call()).call_id }, { state: "ended", hangup_source: "caller" });
  await expect.poll(async () => (await server.newestRow()).talk_ms).toBeGreaterThanOrEqual(7_000);
  expect(await server.newestRow()).toMatchObject({ outcome: "answered", telnyx: "heard" });
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("Answered");
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
  const byes = async () => (await lab.wire()).filter(({ message }) => message.method === "telnyx_rtc.bye");
  expect((await byes()).map(({ direction }) => direction)).toEqual(["to_browser", "from_browser"]);
  await farEnd.knows({ id: (await lab.call()).call_id }, { state: "ended", hangup_source: "callee" });
  await expect.poll(async () => (await server.newestRow()).outcome).toBe("answered");

  // The late word changes nothing.
  relay.delivers();
  await phone.page.getByRole("button", { name: "Done" }).click();
  await expect(phone.dialer).toBeVisible();
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended", "Dialer"]);
});

test("ended there while it rings here: no ringing screen stays behind", async ({
  closedPhone: phone,
  relay,
  lab,
  farEnd,
  microphone,
}) => {
  await phone.opens();
  relay.stalls("bye");
  await phone.dials("+12025550117");
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  await lab.waits(3);
  await expect.poll(() => relay.waiting()).toEqual(["bye"]);

  await expect(phone.says(phone.ended)).toContainText("Ended");
  await expect(phone.calling).toHaveCount(0);
  expect(await microphone.open()).toBe(0);
  await farEnd.knows({ id: (await lab.call()).call_id }, { state: "ended", hangup_source: "callee" });
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
  await expect(phone.page.locator("body > audio")).toHaveCount(0);
});

test("a caller who gives up is gone from the screen though the SDK never hears of it", async ({
  closedPhone: phone,
  relay,
  lab,
  server,
}) => {
  await phone.opens();
  await lab.callsUser("+12025550107", await lab.lastUser());
  await expect(phone.incoming).toBeVisible();
  relay.stalls("bye");
  await lab.hangsUp();

  await expect(phone.incoming).toHaveCount(0);
  await expect(phone.says(phone.ended)).toContainText("you did not answer");
  expect(relay.waiting()).toEqual(["bye"]);
  await expect.poll(() => server.newestRow()).toMatchObject({ direction: "incoming", outcome: "missed" });
});
