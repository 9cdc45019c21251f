import { BEEP_HZ } from "../fixtures/beeps.ts";
import { ANSWERED, expect, HANDED_BACK, screens, SIGN_IN, signIns, starts, talks, test } from "./faults.ts";

const HALF_A_MINUTE = 30_000;

// A gateway that no longer knows who is on the socket refuses what it is asked with -32000. The SDK then signs in by
// itself, on the same socket, and the request has failed.

test("forgotten when a call is put on hold: the call is handed back, and hold can be asked for again", async ({
  phone,
  lab,
  farEnd,
  diary,
}) => {
  const call = await talks(phone, lab);
  await lab.gateway({ forgets: ["telnyx_rtc.modify"] });

  await phone.page.getByRole("button", { name: "Hold" }).click();

  await expect.poll(async () => (await diary.lines()).includes("← attach"), { timeout: HALF_A_MINUTE }).toBe(true);
  await expect(phone.line("Ready")).toBeVisible();
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await farEnd.hears(call, BEEP_HZ);
  await farEnd.knows(call, { state: "answered" });
  expect((await signIns(lab)).slice(-SIGN_IN.length)).toEqual(SIGN_IN);

  await phone.page.getByRole("button", { name: "Hold" }).click();
  await expect(phone.says(phone.inCall)).toHaveText("On hold");
  await farEnd.knows(call, { state: "held" });
  const lines = await diary.lines();
  expect(screens(lines)).toEqual(["Dialer", "Calling", "In call"]);
  expect(starts(lines)).toBe(1);
  await farEnd.wroteSoFar(...ANSWERED, "modify →", "← error -32000 modify", ...HANDED_BACK, "modify →", "← ok modify");
});

test("forgotten at a hang-up: what is handed back is hung up again, and stays over", async ({
  phone,
  lab,
  farEnd,
  diary,
}) => {
  const call = await talks(phone, lab);
  await lab.gateway({ forgets: ["telnyx_rtc.bye"] });

  await phone.hangsUp();

  await expect(phone.says(phone.ended)).toContainText("you hung up", { timeout: HALF_A_MINUTE });
  await farEnd.knows(call, { state: "ended" });
  await expect(phone.line("Ready")).toBeVisible();
  // What follows is the SDK's: an object that is hung up while it is set up says so twice.
  await farEnd.wroteSoFar(...ANSWERED, "bye →", "← error -32000 bye", "← attach", "ok attach →", "bye →", "← ok bye");
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended"]);
});

test("forgotten when a call is dialled: it has failed, and the next one goes through", async ({
  phone,
  lab,
  farEnd,
  diary,
}) => {
  await lab.gateway({ forgets: ["telnyx_rtc.invite"] });

  await phone.dials("+12025550107");

  await expect(phone.says(phone.ended)).toContainText("could not be connected");
  await expect(phone.line("Ready")).toBeVisible();
  await farEnd.wrote("invite →", "← error -32000 invite", "bye →", "← ok bye");
  expect((await signIns(lab)).slice(-SIGN_IN.length)).toEqual(SIGN_IN);
  await phone.ended.getByRole("button", { name: "Call again" }).click();
  await expect(phone.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };
  await farEnd.hears(call, BEEP_HZ);
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "Call ended", "Calling", "In call"]);
});
