import { expect, screens, test } from "./faults.ts";

const MAY_BE_OPEN = "at Telnyx the line may stay open for a while";

test.beforeEach(async ({ phone, lab }) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
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
  await phone.hangsUp();

  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await farEnd.knows({ id: (await lab.call()).call_id }, { state: "ended" });
  await expect(phone.ended).not.toContainText(MAY_BE_OPEN);
  expect(await microphone.open()).toBe(0);

  await lab.waits(60);
  await expect(phone.line("Ready")).toBeVisible({ timeout: 20_000 });
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended"]);
  // Nobody said it on the gateway, and the server said it once.
  expect((await lab.wire()).filter(({ message }) => message.method === "telnyx_rtc.bye")).toEqual([]);
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
  expect(await microphone.open()).toBe(0);

  await lab.waits(60);
  await farEnd.knows(call, { state: "ended" });
  await expect(phone.ended).not.toContainText(MAY_BE_OPEN, { timeout: 15_000 });
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  expect(await microphone.open()).toBe(0);
  await expect(phone.page.locator("body > audio")).toHaveCount(0);
  // The first hang-up was said to nobody; the call that came back was hung up.
  const byes = (await lab.wire()).filter(({ message }) => message.method === "telnyx_rtc.bye");
  expect(byes.map(({ direction }) => direction)).toContain("from_browser");
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended"]);
});
