import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, NOTHING, test } from "./tabs.ts";

/** The SDK's items in a tab's session storage: what it would resume a session with. */
function resumes(): string[] {
  return Object.keys(sessionStorage).filter((name) => name.startsWith("telnyx-voice-sdk"));
}

test("a tab that is duplicated in the middle of a call does not take the call, nor keeps what would", async ({
  tabs,
  lab,
  farEnd,
}) => {
  const owner = await tabs.open();
  await owner.dials("+12025550107");
  await expect(owner.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };
  expect(await owner.page.evaluate(resumes)).not.toEqual([]);

  // What "Duplicate tab" does: the new tab begins with a copy of the session storage.
  const opened = owner.page.waitForEvent("popup");
  await owner.page.evaluate(() => void window.open(location.href));
  const copy = tabs.of(await opened);
  await expect(copy.inCall).toContainText("+1 202 555 0107");
  await expect(copy.elsewhere).toContainText("The sound of this call is in another tab");

  expect(await copy.page.evaluate(resumes)).toEqual([]);
  expect(await copy.holds()).toEqual(NOTHING);
  expect(await owner.holds()).toEqual({ sockets: 1, streams: 1, tones: 0, microphones: 1, voices: 1 });
  await farEnd.hears(call, BEEP_HZ);
  await farEnd.knows(call, { state: "answered" });
  expect(await tabs.logins()).toBe(1);

  await copy.hangsUp();
  await expect(owner.says(owner.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended" });
});
