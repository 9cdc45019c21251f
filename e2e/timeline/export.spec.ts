import { expect, test } from "./timeline.ts";

/** What the export of an answered call has at the least, from each witness. */
const EVERY_WITNESS = ['"call.initiated"', '"call.answered"', '"call.hangup"', '"sdk_over"', '"placed"', '"ended"'];

test("the export of a call replays to the screens and the talk time that the page showed", async ({
  phone,
  lab,
  server,
  diary,
  timeline,
}) => {
  await phone.dials("(202) 555-0107");
  await expect(phone.talkTime).toHaveText("0:01");
  await phone.mute.click();
  await expect(phone.mute).toHaveAttribute("aria-pressed", "true");
  await phone.page.getByRole("button", { name: "Hold" }).click();
  await expect(phone.says(phone.inCall)).toHaveText("On hold");
  await phone.page.getByRole("button", { name: "Hold" }).click();
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await phone.hangsUp();
  const shown = /Talked for (\d+):(\d+)/.exec((await phone.ended.textContent()) ?? "");
  const { id } = await server.newestRow();
  await timeline.has(id, ...EVERY_WITNESS);
  expect((await lab.call()).state).toBe("ended");

  const [replay, ...others] = await timeline.replay(id);
  expect(others).toEqual([]);
  const screens = (await diary.lines()).filter((line) => line.startsWith("screen "));
  // The diary begins before the page does.
  expect(replay?.screens.map((screen) => `screen ${screen}`)).toEqual(screens.slice(screens.indexOf("screen Dialer")));
  expect(replay?.states).toEqual(["dialled", "ringing there", "in talk", "on hold", "in talk", "over"]);
  expect(replay?.talkedSeconds).toBe(Number(shown?.[1]) * 60 + Number(shown?.[2]));
  expect(replay?.whole).toBe(true);
});

test("an export has no number, no token and no SDP", async ({ phone, lab, server, timeline }) => {
  await phone.dials("+1 202 555 0107");
  await expect(phone.talkTime).toHaveText("0:01");
  await phone.page.getByRole("button", { name: "Keypad" }).click();
  await phone.page.keyboard.type("7");
  await lab.dropsSockets();
  await expect(phone.inCall).toContainText("Reconnecting");
  await expect(phone.line("Ready")).toBeVisible();
  await phone.hangsUp();
  await expect(phone.ended).toBeVisible();
  const { id } = await server.newestRow();
  await timeline.has(id, ...EVERY_WITNESS, '"socket_closed"', '"press":"0"');

  const text = await timeline.text(id);
  expect(text).not.toMatch(/202.?.?555/);
  expect(text).not.toMatch(/5550107/);
  expect(text).not.toMatch(/"press":"7"/);
  expect(text).not.toMatch(/a=candidate|m=audio|v=0/);
  expect(text).not.toMatch(/eyJ|login_token|"token":"/);
  expect(text).toContain("+99999999907");
});

test("a busy call says so by every witness, and nobody talked", async ({ phone, server, timeline }) => {
  await phone.dials("+12025550102");
  await expect(phone.says(phone.ended)).toContainText("another call");
  const { id } = await server.newestRow();
  await timeline.has(id, '"call.hangup"', '"sdk_over"', '"busy"');

  const [replay] = await timeline.replay(id);
  expect(replay?.screens).toEqual(["Dialer", "Calling", "Call ended"]);
  expect(replay?.talkedSeconds).toBeUndefined();
  expect((await timeline.export(id)).row.outcome).toBe("busy");
});

test("a call that comes in is written down from its first ring", async ({ phone, lab, server, timeline }) => {
  await lab.callsAgent("+12025550107");
  await phone.answers();
  await expect(phone.talkTime).toHaveText("0:01");
  await phone.hangsUp();
  await expect(phone.ended).toBeVisible();
  const { id } = await server.newestRow();
  await timeline.has(id, '"incoming"', '"sdk_over"', '"call.initiated"');
  const [replay] = await timeline.replay(id);
  expect(replay?.states).toEqual(["ringing here", "in talk", "over"]);
});
