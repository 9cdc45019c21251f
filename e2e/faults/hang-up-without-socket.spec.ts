import { ANSWERED, byes, expect, heard, screens, talks, test } from "./faults.ts";

const MAY_BE_OPEN = "at Telnyx the line may stay open for a while";

test.beforeEach(async ({ phone, lab }) => {
  await talks(phone, lab);
  await lab.dropsSockets(60);
  await expect(phone.inCall).toContainText("Reconnecting to Telnyx");
});

test("where Telnyx takes commands the server hangs up, and nothing is left open", async ({
  phone,
  lab,
  farEnd,
  diary,
  microphone,
}) => {
  await lab.switches({ sdk_leg_commands: "accepted" });
  const call = { id: (await lab.call()).call_id };
  await phone.hangsUp();

  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended" });
  await expect(phone.ended).not.toContainText(MAY_BE_OPEN);
  expect(await microphone.open()).toBe(0);

  await lab.waits(60);
  await expect(phone.line("Ready")).toBeVisible({ timeout: 20_000 });
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended"]);
  // Nobody said it on the gateway, and the server said it once.
  await farEnd.wrote(...ANSWERED);
  await farEnd.wasCommanded(call, "hangup 200");
});

test("where it refuses them the page says that the line may be open, and hangs up when the call is back", async ({
  phone,
  lab,
  farEnd,
  diary,
  microphone,
}) => {
  await lab.switches({ sdk_leg_commands: "refused" });
  const call = { id: (await lab.call()).call_id };
  await phone.hangsUp();

  await expect(phone.ended).toContainText(MAY_BE_OPEN);
  await farEnd.knows(call, { state: "answered" });
  await farEnd.wasCommanded(call, "hangup 422");
  expect(await microphone.open()).toBe(0);

  await lab.waits(60);
  await farEnd.knows(call, { state: "ended" });
  await expect(phone.ended).not.toContainText(MAY_BE_OPEN, { timeout: 15_000 });
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  expect(await microphone.open()).toBe(0);
  await heard(phone, 0);
  // The first hang-up was said to nobody; the call that came back was hung up.
  expect(await byes(lab)).toContain("bye →");
  await farEnd.neverWrote("attach →", "← bye");
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended"]);
});
