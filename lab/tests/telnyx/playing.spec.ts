import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { wave } from "../../../e2e/fixtures/wave.ts";
import { ECHO, TONE, refusal } from "./fixtures/calls.ts";
import { SOON } from "./fixtures/soon.ts";
import { expect, test } from "./fixtures/test.ts";

/** A WAV file of a steady pitch, at 16 kHz: the lab's own rate is 8. */
function pitch(hertz: number, seconds: number): Buffer {
  const samples = Float32Array.from({ length: 16_000 * seconds }, (_, at) => 0.5 * Math.sin((2 * Math.PI * hertz * at) / 16_000));
  return wave(samples, 16_000);
}

test("what is spoken to the far end is heard there, from beginning to end", async ({ telnyx, calls, receiver, control }) => {
  const echo = await calls.reaches(ECHO);
  await calls.says(echo, null);
  await telnyx.calls.actions.speak(echo.control, { payload: "One", voice: "female", client_state: "b25l" });
  expect(await receiver.payload("call.speak.started", echo.leg)).toMatchObject({ client_state: "b25l" });
  expect(await receiver.payload("call.speak.ended", echo.leg)).toMatchObject({ status: "completed" });
  await expect.poll(async () => (await control.leg(echo.leg)).heard.recent_level, SOON).toBeGreaterThan(0.01);
});

test("speech is refused without a voice or words, and ends when stopped or with the call", async ({ telnyx, calls, receiver }) => {
  const { control, leg } = await calls.reaches(TONE);
  const speaks = (wish: object) => telnyx.calls.actions.speak(control, { payload: "Hello", voice: "female", ...wish });
  expect(await refusal(speaks({ voice: "" }))).toBe("422 10004 /voice");
  expect(await refusal(speaks({ payload: "" }))).toBe("422 10004 /payload");
  expect(await refusal(speaks({ payload: "x".repeat(3001) }))).toBe("422 10025 /payload");
  expect(await refusal(speaks({ loop: "often" }))).toBe("422 10032 /loop");
  expect(receiver.of("call.speak.started", leg)).toEqual([]);

  await speaks({ loop: "infinity" });
  await receiver.hears("call.speak.started", 1, leg);
  await telnyx.calls.actions.stopPlayback(control, {});
  await receiver.hears("call.speak.ended", 1, leg);
  await speaks({ loop: "infinity" });
  await telnyx.calls.actions.hangup(control, {});
  const ended = await receiver.hears("call.speak.ended", 2, leg);
  expect(ended[1]?.body.data.payload).toMatchObject({ status: "call_hangup" });
});

test("a sound that comes with the command is played", async ({ telnyx, calls, receiver }) => {
  const echo = await calls.reaches(ECHO);
  const playback_content = pitch(1000, 0.5).toString("base64");
  await telnyx.calls.actions.startPlayback(echo.control, { playback_content });
  await receiver.hears("call.playback.started", 1, echo.leg);
  await calls.says(echo, 1000);
  expect(await receiver.payload("call.playback.ended", echo.leg)).toMatchObject({ status: "completed" });

  const noSound = { playback_content: Buffer.from("no sound").toString("base64") };
  expect(await refusal(telnyx.calls.actions.startPlayback(echo.control, noSound))).toBe("422 10015 /playback_content");
  expect(await refusal(telnyx.calls.actions.startPlayback(echo.control, {}))).toBe("422 10004 /audio_url");
});

test("what is played waits its turn, unless it is to be heard at once", async ({ telnyx, calls, receiver }) => {
  const echo = await calls.reaches(ECHO);
  const plays = (hertz: number, seconds: number, wish: object = {}) =>
    telnyx.calls.actions.startPlayback(echo.control, { playback_content: pitch(hertz, seconds).toString("base64"), ...wish });
  await plays(1000, 0.3);
  await plays(600, 9);
  await receiver.hears("call.playback.started", 2, echo.leg);
  expect(receiver.types(echo.leg).slice(2)).toEqual([
    "call.playback.started",
    "call.playback.ended",
    "call.playback.started",
  ]);
  await calls.says(echo, 600);
  await plays(2000, 9, { stop: "all" });
  await calls.says(echo, 2000);
  await telnyx.calls.actions.stopPlayback(echo.control, { stop: "all" });
  await receiver.hears("call.playback.ended", 3, echo.leg);
  await calls.says(echo, null);
});

test("a sound at an address is fetched and played until it is stopped", async ({ telnyx, calls, receiver }) => {
  const server = createServer((request, response) => {
    if (request.url === "/600.wav") response.end(pitch(600, 0.2));
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const echo = await calls.reaches(ECHO);
    const audio_url = `${origin}/600.wav`;
    await telnyx.calls.actions.startPlayback(echo.control, { audio_url, loop: "infinity" });
    expect(await receiver.payload("call.playback.started", echo.leg)).toMatchObject({ media_url: audio_url });
    await calls.says(echo, 600);
    expect(receiver.of("call.playback.ended", echo.leg)).toEqual([]);
    await telnyx.calls.actions.stopPlayback(echo.control, {});
    expect(await receiver.payload("call.playback.ended", echo.leg)).toMatchObject({
      media_url: audio_url,
      status: "cancelled",
    });
    await calls.says(echo, null);

    receiver.forget();
    await telnyx.calls.actions.startPlayback(echo.control, { audio_url: `${origin}/none.wav` });
    expect(await receiver.payload("call.playback.ended", echo.leg)).toMatchObject({ status: "file_not_found" });
    const nowhere = telnyx.calls.actions.startPlayback(echo.control, { audio_url: "nowhere" });
    expect(await refusal(nowhere)).toBe("422 10003 /audio_url");
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("what is played can be for the other call of a bridge", async ({ telnyx, calls, receiver }) => {
  const [tone, echo] = [await calls.reaches(TONE), await calls.reaches(ECHO)];
  await telnyx.calls.actions.bridge(tone.control, { call_control_id_to_bridge_with: echo.control });
  await calls.says(echo, 440);
  const playback_content = pitch(1000, 1).toString("base64");
  await telnyx.calls.actions.startPlayback(tone.control, { playback_content, target_legs: "opposite" });
  await receiver.hears("call.playback.started", 1, echo.leg);
  await calls.says(echo, 1000);
  expect(receiver.of("call.playback.started", tone.leg)).toEqual([]);
  await receiver.hears("call.playback.ended", 1, echo.leg);
  await calls.says(echo, 440);
});
