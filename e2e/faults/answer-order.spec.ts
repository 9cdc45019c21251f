import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, screens, test } from "./faults.ts";

test("an answer that overtakes the reply to INVITE is an answer, though the SDK falls back to trying", async ({
  closedPhone: phone,
  relay,
  lab,
  farEnd,
  diary,
}) => {
  await phone.opens();
  await phone.dials("+12025550113");
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  relay.stalls("reply");
  await lab.waits(2);
  await expect(phone.inCall).toBeVisible();
  await expect.poll(() => relay.waiting()).toContain("reply");

  relay.delivers();

  await expect(phone.talkTime).toHaveText("0:02");
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await expect(phone.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };
  await farEnd.hears(call, BEEP_HZ);
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call"]);
  expect((await diary.lines()).filter((line) => line === "timer 0:00")).toHaveLength(1);
  await farEnd.wrote("invite →", "← ringing", "ok ringing →", "← answer", "← ok invite", "ok answer →");

  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended" });
});

test("ringing that comes after the answer rings nowhere", async ({ closedPhone: phone, relay, lab, diary, farEnd }) => {
  await phone.opens();
  relay.stalls("ringing");
  await phone.dials("+12025550108");
  await expect.poll(() => relay.waiting()).toEqual(["ringing"]);
  await lab.answers();
  await expect(phone.talkTime).toHaveText("0:01");
  await expect(phone.says(phone.inCall)).toHaveText("In call");

  relay.delivers();
  await farEnd.wrote("invite →", "← ok invite", "← ringing", "← answer", "ok answer →", "ok ringing →");

  await expect(phone.talkTime).toHaveText("0:02");
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call"]);
  await lab.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("they hung up");
  await expect(phone.ended).not.toContainText("Rang for");
});

test("early media is heard while it rings, and is no answer", async ({ phone, lab, diary, farEnd }) => {
  await phone.dials("+12025550111");
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  await lab.waits(1);
  await farEnd.wrote("invite →", "← ok invite", "← ringing", "ok ringing →", "← media", "ok media →");
  // The network's voice, attached before anybody answered.
  await expect(phone.page.locator("body > audio")).toHaveCount(1);
  await expect(phone.talkTime).toHaveCount(0);
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling"]);

  await lab.waits(5);
  await expect(phone.talkTime).toHaveText("0:01");
  expect((await diary.before("← answer")).filter((line) => line.startsWith("timer"))).toEqual([]);
});
