import { transcript } from "../fixtures/transcript.ts";
import { ANSWERED, byes, expect, heard, RANG, rings, screens, test } from "./faults.ts";

test("a far end that says twice that it is over ends the call once", async ({ phone, lab, diary, microphone }) => {
  await rings(phone, lab, "+12025550128");
  await lab.waits(2);
  await expect(phone.talkTime).toBeVisible();
  await lab.waits(3);

  await expect(phone.says(phone.ended)).toContainText("they hung up");
  // The SDK knows the call no more, so it says nothing to the second one.
  const theirs = async () => transcript(await lab.wire()).filter((line) => ["ok bye →", "← bye"].includes(line));
  await expect.poll(async () => (await theirs()).toSorted()).toEqual(["ok bye →", "← bye", "← bye"]);
  await expect(phone.says(phone.ended)).toContainText("they hung up");
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended"]);
  expect(await lab.call()).toMatchObject({ state: "ended", hangup_source: "callee" });
  expect(await microphone.open()).toBe(0);

  // The phone is none the worse for it.
  await phone.page.getByRole("button", { name: "Done" }).click();
  await expect(phone.dialer).toBeVisible();
});

test("an answer that crosses a hang-up brings no call back", async ({
  closedPhone: phone,
  relay,
  lab,
  farEnd,
  diary,
  microphone,
}) => {
  await phone.opens();
  const call = await rings(phone, lab);
  relay.stalls("answer");
  await lab.answers();
  await expect.poll(() => relay.waiting()).toEqual(["answer"]);

  await phone.hangsUp();
  relay.delivers();

  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended", hangup_source: "caller" });
  expect(await byes(lab)).toEqual(["bye →"]);
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "Call ended"]);
  expect(await microphone.open()).toBe(0);
  await heard(phone, 0);
});

test("a far end that hangs up while it rings ends the call unanswered", async ({
  phone,
  lab,
  farEnd,
  diary,
  microphone,
}) => {
  await rings(phone, lab, "+12025550117");
  await lab.waits(3);

  // SIP 480 in the SDK's word, a normal clearing by the callee in Telnyx's; whichever comes first.
  await expect(phone.says(phone.ended)).toContainText(/nobody answered|they declined/);
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "Call ended"]);
  expect((await diary.lines()).filter((line) => line.startsWith("timer"))).toEqual([]);
  await farEnd.wroteBesidesOurBye(...RANG, "← bye");
  expect(await lab.call()).toMatchObject({ state: "ended", hangup_source: "callee" });
  expect(await microphone.open()).toBe(0);
});

test("a hang-up that Telnyx never acknowledges is over at once all the same", async ({
  phone,
  lab,
  farEnd,
  diary,
  microphone,
}) => {
  await rings(phone, lab);
  await lab.answers();
  await expect(phone.talkTime).toBeVisible();
  await lab.gateway({ mute: ["telnyx_rtc.bye"] });

  await phone.hangsUp();

  await expect(phone.says(phone.ended)).toContainText("you hung up");
  expect(await microphone.open()).toBe(0);
  // Once, and no reply to it.
  await farEnd.wrote(...ANSWERED, "bye →");
  expect(await lab.call()).toMatchObject({ state: "ended", hangup_source: "caller" });
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended"]);
});
