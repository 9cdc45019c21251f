import { ANSWERED, expect, screens, test } from "./faults.ts";

test("a microphone that is refused ends the call before it was sent, and says what to do", async ({
  closedPhone: phone,
  microphone,
  lab,
  farEnd,
  diary,
}) => {
  await microphone.isRefused("NotAllowedError");
  await phone.opens();
  await phone.dials("+12025550100");

  await expect(phone.says(phone.ended)).toContainText("your browser blocks the microphone");
  expect(await diary.lines()).not.toContain("screen In call");
  expect(await lab.calls()).toEqual([]);
  await farEnd.wrote();
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("No microphone");
});

for (const name of ["NotFoundError", "NotReadableError", "OverconstrainedError"] as const) {
  test(`a microphone that cannot be opened (${name}) is not called forbidden`, async ({
    closedPhone: phone,
    microphone,
    lab,
    diary,
    farEnd,
  }) => {
    await microphone.isRefused(name);
    await phone.opens();
    await phone.dials("+12025550100");

    await expect(phone.says(phone.ended)).toContainText("no microphone could be opened");
    expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "Call ended"]);
    expect(await lab.calls()).toEqual([]);
    await farEnd.wrote();
    await expect(phone.missing).toContainText("There is no microphone");
  });
}

test("a call that is taken without a microphone ends there too, and the page says why", async ({
  closedPhone: phone,
  microphone,
  lab,
  farEnd,
  diary,
}) => {
  await microphone.isRefused("NotAllowedError");
  await phone.opens();
  const call = { id: (await lab.callsAgent("+12025550107")).call_id };
  await expect(phone.incoming).toBeVisible();

  await phone.answers();

  await expect(phone.says(phone.ended)).toContainText("your browser blocks the microphone");
  await farEnd.knows(call, { state: "ended" });
  await farEnd.wrote("← invite", "ok invite →", "bye →", "← ok bye");
  await expect(phone.missing).toContainText("The browser blocks the microphone");
  expect(await diary.lines()).not.toContain("screen In call");
  expect((await diary.lines()).filter((line) => line.startsWith("timer"))).toEqual([]);
});

test("a microphone whose permission is taken back in a call is missed on the screen, and the call goes on", async ({
  phone,
  microphone,
  lab,
  farEnd,
}) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };

  await microphone.mayNot();

  await expect(phone.line("The browser blocks the microphone")).toBeVisible();
  await expect(phone.missing).toContainText("The browser blocks the microphone");
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await farEnd.knows(call, { state: "answered" });
  await farEnd.wrote(...ANSWERED);
  await microphone.may();
  await expect(phone.line("Ready")).toBeVisible();
  await expect(phone.missing).toHaveCount(0);
});

test("while the browser asks for the microphone the screen says what it waits for, and hang-up works", async ({
  closedPhone: phone,
  microphone,
  lab,
  farEnd,
  diary,
}) => {
  await phone.page.clock.install();
  await microphone.isAskedFor();
  await phone.opens();
  await phone.dials("+12025550107");
  await expect(phone.says(phone.calling)).toHaveText("Calling");
  await phone.page.clock.fastForward(5_000);
  await expect(phone.calling).toContainText("Does it ask for the microphone?");

  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up before an answer");

  // The SDK takes leave of a call that it never announced; there is no other word of it.
  await farEnd.wrote("bye →", "← ok bye");

  // Allowed too late: what the browser opens for nobody is shut again, and nothing is dialled.
  await microphone.isAllowed();
  await expect.poll(() => phone.page.evaluate(() => window.microphones.length)).toBe(1);
  await expect.poll(() => microphone.open()).toBe(0);
  await expect(phone.says(phone.ended)).toContainText("you hung up before an answer");
  expect(await lab.calls()).toEqual([]);
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "Call ended"]);
});

test("a microphone that never comes is not waited for for ever", async ({
  closedPhone: phone,
  microphone,
  lab,
  farEnd,
}) => {
  await phone.page.clock.install();
  await microphone.isAskedFor();
  await phone.opens();
  await phone.dials("+12025550107");
  await expect(phone.calling).toBeVisible();
  await phone.page.clock.fastForward(60_000);
  await expect(phone.says(phone.ended)).toContainText("the browser never got the call ready");
  expect(await lab.calls()).toEqual([]);
  await farEnd.wrote("bye →", "← ok bye");
});

test("a microphone that is pulled out in a call is missed on the screen, and the call goes on", async ({
  phone,
  microphone,
  lab,
  farEnd,
}) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };

  await microphone.isUnplugged();

  await expect(phone.inCall).toContainText("Nothing comes from your microphone");
  await expect(phone.inCall).not.toContainText("Sound connected");
  // A track that has ended sends nothing any more, not even silence.
  let before = 0;
  const more = async () => {
    const since = before;
    before = (await lab.callOf(call)).heard.packets;
    return before - since;
  };
  await expect.poll(more, { intervals: [300] }).toBe(0);
  await farEnd.knows(call, { state: "answered" });
  await farEnd.wrote(...ANSWERED);
  await expect(phone.missing).toContainText("There is no microphone");
  await expect(phone.talkTime).toBeVisible();
  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended" });
});
