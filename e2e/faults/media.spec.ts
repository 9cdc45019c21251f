import { BEEP_HZ } from "../fixtures/beeps.ts";
import { ANSWERED, expect, test } from "./faults.ts";

const CUT_OFF = "The sound is cut off";
/** The SDK's code for three seconds in which nothing could be heard in what arrived. */
const LOW_INBOUND_AUDIO = 31006;

/** The SDK's class, as far as this is about it. */
interface Sdk {
  on(event: string, heard: (event: { warning: { code: number } }) => void): void;
}

test("sound that is late is waited for by name, while the talk and its timer have begun", async ({
  phone,
  lab,
  farEnd,
}) => {
  await phone.dials("+12025550114");
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  await lab.waits(2);
  await expect(phone.talkTime).toBeVisible();
  await expect(phone.inCall).toContainText("Connecting the sound");
  await expect(phone.inCall).not.toContainText("Sound connected");

  await lab.waits(5);
  await expect(phone.inCall).toContainText("Sound connected");
  await farEnd.hears({ id: (await lab.call()).call_id }, BEEP_HZ);
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await farEnd.wrote(...ANSWERED);
});

test("a line that goes dead is named, the call goes on, and it is named again when the sound is back", async ({
  phone,
  lab,
  farEnd,
  diary,
}) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };

  await lab.faults(call, { dead: true });
  // The browser's ICE notices after some seconds of its own time.
  await expect(phone.inCall).toContainText(CUT_OFF, { timeout: 20_000 });
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await expect(phone.talkTime).toBeVisible();

  await lab.faults(call, {});
  await expect(phone.inCall).toContainText("Sound connected", { timeout: 30_000 });
  await expect(phone.inCall).not.toContainText(CUT_OFF);
  await farEnd.hears(call, BEEP_HZ);
  await farEnd.knows(call, { state: "answered" });
  await farEnd.neverWrote("bye →", "← bye");
  expect((await diary.lines()).filter((line) => line === "timer 0:00")).toHaveLength(1);
});

test("a line that stays dead for a minute ends the call and says why", async ({
  closedPhone: phone,
  lab,
  farEnd,
  microphone,
}) => {
  await phone.page.clock.install();
  await phone.opens();
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };
  await lab.faults(call, { dead: true });
  await expect(phone.inCall).toContainText(CUT_OFF, { timeout: 20_000 });

  await phone.page.clock.fastForward(60_000);

  await expect(phone.says(phone.ended)).toContainText("no sound came through for a minute");
  await farEnd.knows(call, { state: "ended", hangup_source: "caller" });
  await farEnd.neverWrote("← bye");
  expect(await microphone.open()).toBe(0);
});

for (const reports of ["absent", "sent"]) {
  test(`no packets for five seconds is said on the screen, and no longer once they flow (call reports ${reports})`, async ({
    closedPhone: phone,
    lab,
    farEnd,
  }) => {
    // With reports the SDK measures and warns by itself, and never takes it back.
    await lab.switches({ call_report_id: reports });
    await phone.opens();
    await phone.dials("+12025550107");
    await expect(phone.inCall).toContainText("Sound connected");
    const call = { id: (await lab.call()).call_id };

    await lab.faults(call, { to_end: { stopped: true } });
    await expect(phone.inCall).toContainText("Nothing is heard from the other end", { timeout: 15_000 });
    await expect(phone.inCall).not.toContainText("Sound connected");
    await expect(phone.says(phone.inCall)).toHaveText("In call");

    await lab.faults(call, {});
    await expect(phone.inCall).toContainText("Sound connected", { timeout: 15_000 });
    await farEnd.hears(call, BEEP_HZ);
    await farEnd.knows(call, { state: "answered" });
    await farEnd.neverWrote("bye →", "← bye");
  });
}

test("a far end that says nothing is not taken for cut off, though the SDK warns of the quiet", async ({
  closedPhone: phone,
  lab,
  farEnd,
}) => {
  await lab.switches({ call_report_id: "sent" });
  await phone.opens();
  const warned: number[] = [];
  await phone.page.exposeFunction("warned", (code: number) => warned.push(code));
  await phone.page.evaluate(async () => {
    // The page's own copy: a module is loaded once.
    const { TelnyxRTC } = (await import("/sdk/bundle.mjs" as string)) as { TelnyxRTC: Sdk };
    TelnyxRTC.on("telnyx.warning", ({ warning }) => {
      (globalThis as unknown as { warned(code: number): void }).warned(warning.code);
    });
  });
  // What we say comes back; so does our silence, packet by packet.
  await phone.dials("+12025550101");
  await expect(phone.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };
  await farEnd.hears(call, BEEP_HZ);

  await phone.mute.click();
  await expect.poll(() => warned, { timeout: 20_000 }).toContain(LOW_INBOUND_AUDIO);

  await expect(phone.inCall).toContainText("Sound connected");
  await expect(phone.inCall).not.toContainText("Nothing is heard");
  const { heard } = await lab.callOf(call);
  await expect.poll(async () => (await lab.callOf(call)).heard.packets).toBeGreaterThan(heard.packets);
  await farEnd.knows(call, { state: "answered" });
});
