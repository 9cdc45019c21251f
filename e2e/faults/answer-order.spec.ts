import { BEEP_HZ } from "../fixtures/beeps.ts";
import { ANSWERED, expect, heard, rings, screens, starts, test, WE_HANG_UP } from "./faults.ts";

test("an answer that overtakes the reply to INVITE is an answer, though the SDK falls back to trying", async ({
  closedPhone: phone,
  relay,
  lab,
  farEnd,
  diary,
}) => {
  await phone.opens();
  const call = await rings(phone, lab, "+12025550113");
  relay.stalls("reply");
  await lab.waits(2);
  await expect(phone.inCall).toBeVisible();
  await expect.poll(() => relay.waiting()).toContain("reply");

  relay.delivers();

  await expect(phone.talkTime).toHaveText("0:02");
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await expect(phone.inCall).toContainText("Sound connected");
  await farEnd.hears(call, BEEP_HZ);
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call"]);
  expect(starts(await diary.lines())).toBe(1);
  const answered = ["invite →", "← ringing", "ok ringing →", "← answer", "← ok invite", "ok answer →"];
  await farEnd.wrote(...answered);

  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended", hangup_source: "caller" });
  await farEnd.wrote(...answered, ...WE_HANG_UP);
});

test("ringing that comes after the answer rings nowhere", async ({ closedPhone: phone, relay, lab, diary, farEnd }) => {
  await phone.opens();
  relay.stalls("ringing");
  await phone.dials("+12025550108");
  await expect.poll(() => relay.waiting()).toEqual(["ringing"]);
  const call = { id: (await lab.call()).call_id };
  await farEnd.knows(call, { state: "ringing" });
  await lab.answers();
  await expect(phone.talkTime).toHaveText("0:01");
  await expect(phone.says(phone.inCall)).toHaveText("In call");

  relay.delivers();
  await farEnd.wrote("invite →", "← ok invite", "← ringing", "← answer", "ok answer →", "ok ringing →");

  await expect(phone.talkTime).toHaveText("0:02");
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call"]);
  await farEnd.knows(call, { state: "answered" });
  await farEnd.hears(call, BEEP_HZ);
  await lab.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("they hung up");
  await expect(phone.ended).not.toContainText("Rang for");
  await farEnd.knows(call, { state: "ended", hangup_source: "callee" });
});

test("early media is heard while it rings, and is no answer", async ({ phone, lab, diary, farEnd }) => {
  const call = await rings(phone, lab, "+12025550111");
  await lab.waits(1);
  await farEnd.wrote("invite →", "← ok invite", "← ringing", "ok ringing →", "← media", "ok media →");
  // The network's voice, attached before anybody answered.
  await heard(phone, 1);
  await expect(phone.talkTime).toHaveCount(0);
  await farEnd.knows(call, { state: "ringing" });
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling"]);

  await lab.waits(5);
  await expect(phone.talkTime).toHaveText("0:01");
  await farEnd.knows(call, { state: "answered" });
  await farEnd.hears(call, BEEP_HZ);
  await farEnd.wrote("invite →", "← ok invite", "← ringing", "ok ringing →", "← media", "ok media →", ...ANSWERED.slice(-2));
  expect((await diary.before("← answer")).filter((line) => line.startsWith("timer"))).toEqual([]);
});
