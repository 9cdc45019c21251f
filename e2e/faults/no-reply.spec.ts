import { ANSWERED, expect, HANDED_BACK, modifications, RANG, rings, screens, talks, test, WE_HANG_UP } from "./faults.ts";

test("an INVITE that nobody replies to is named after five seconds and given up after fifteen", async ({
  closedPhone: phone,
  lab,
  farEnd,
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
  // Telnyx has had the call all the while, and is told.
  await farEnd.knows({ id: (await lab.call()).call_id }, { state: "ended", hangup_source: "caller" });
  await farEnd.wrote("invite →", ...WE_HANG_UP);
});

test("hold that nobody replies to is not shown as a hold, and the page says that it did not work", async ({ closedPhone: phone, lab, farEnd }) => {
  await phone.page.clock.install();
  await phone.opens();
  const call = await talks(phone, lab);
  await lab.gateway({ mute: ["telnyx_rtc.modify"] });
  const hold = phone.page.getByRole("button", { name: "Hold" });

  await hold.click();
  await expect(hold).toHaveAttribute("aria-busy", "true");
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await farEnd.wrote(...ANSWERED, "modify →");
  await phone.page.clock.fastForward(13_000);

  await expect(phone.inCall).toContainText("Hold did not work");
  await expect(hold).not.toHaveAttribute("aria-busy", "true");
  await expect(hold).toHaveAttribute("aria-pressed", "false");
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  expect(await modifications(lab)).toEqual(["hold"]);
  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended" });
  await farEnd.neverWrote("← bye", "← ok modify");
});

// The gateway did hold the call and its reply was lost; the SDK reconnects and gives the call back as active.
test("a hold that was carried out and never replied to: page and far end agree once the line is back", async ({
  closedPhone: phone,
  lab,
  farEnd,
}) => {
  await phone.page.clock.install();
  await phone.opens();
  const call = await talks(phone, lab);
  await lab.gateway({ mute: ["telnyx_rtc.modify"] });
  await phone.page.getByRole("button", { name: "Hold" }).click();
  await farEnd.knows(call, { state: "held" });
  await lab.gateway({});
  await phone.page.clock.fastForward(13_000);
  await expect(phone.inCall).toContainText("Hold did not work");
  await farEnd.wroteSoFar(...ANSWERED, "modify →", ...HANDED_BACK);
  await expect(phone.inCall).not.toContainText("Reconnecting");

  await farEnd.knows(call, { state: "answered" });
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  expect(await modifications(lab)).toEqual(["hold", "unhold"]);
});

test("a number that rings for three minutes is given up", async ({ closedPhone: phone, lab, farEnd, diary }) => {
  await phone.page.clock.install();
  await phone.opens();
  const call = await rings(phone, lab);
  await phone.page.clock.fastForward(180_000);
  await expect(phone.says(phone.ended)).toContainText("nobody answered");
  await farEnd.knows(call, { state: "ended", hangup_source: "caller" });
  await farEnd.wrote(...RANG, ...WE_HANG_UP);
  expect((await diary.lines()).filter((line) => line.startsWith("timer"))).toEqual([]);
});
