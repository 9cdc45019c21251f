import { expect, screens, test } from "./faults.ts";

test("an INVITE that nobody replies to is named after five seconds and given up after fifteen", async ({
  closedPhone: phone,
  lab,
  diary,
  microphone,
}) => {
  await lab.gateway({ mute: ["telnyx_rtc.invite"] });
  await phone.page.clock.install();
  await phone.opens();
  await phone.dials("+12025550112");
  await expect(phone.says(phone.calling)).toHaveText("Calling");
  await expect.poll(async () => (await diary.lines()).includes("invite →")).toBe(true);
  await phone.page.clock.fastForward(6_000);
  await expect(phone.calling).toContainText("Telnyx has not taken the call yet");

  await phone.page.clock.fastForward(10_000);
  await expect(phone.says(phone.ended)).toContainText("Telnyx did not reply");
  expect(await microphone.open()).toBe(0);
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "Call ended"]);
  expect((await diary.lines()).filter((line) => line === "bye →")).toHaveLength(1);
});

test("hold that nobody replies to is no hold, and says so", async ({ closedPhone: phone, lab, farEnd }) => {
  await phone.page.clock.install();
  await phone.opens();
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };
  await lab.gateway({ mute: ["telnyx_rtc.modify"] });
  const hold = phone.page.getByRole("button", { name: "Hold" });

  await hold.click();
  await expect(hold).toHaveAttribute("aria-busy", "true");
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await phone.page.clock.fastForward(13_000);

  await expect(hold).not.toHaveAttribute("aria-busy", "true");
  await expect(hold).toHaveAttribute("aria-pressed", "false");
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended" });
  await farEnd.neverWrote("← bye", "← ok modify");
});

test("a number that rings for three minutes is given up", async ({ closedPhone: phone, lab, farEnd, diary }) => {
  await phone.page.clock.install();
  await phone.opens();
  await phone.dials("+12025550108");
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  const call = { id: (await lab.call()).call_id };
  await phone.page.clock.fastForward(180_000);
  await expect(phone.says(phone.ended)).toContainText("nobody answered");
  await farEnd.knows(call, { state: "ended", hangup_source: "caller" });
  await farEnd.wrote("invite →", "← ok invite", "← ringing", "ok ringing →", "bye →", "← ok bye");
  expect((await diary.lines()).filter((line) => line.startsWith("timer"))).toEqual([]);
});
