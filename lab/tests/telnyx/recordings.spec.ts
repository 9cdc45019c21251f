import { NotFoundError } from "telnyx";

import { strongest } from "../../../e2e/fixtures/pitch.ts";
import { readWave } from "../../../e2e/fixtures/wave.ts";
import { ECHO, type Ids, OURS, TONE, refusal } from "./fixtures/calls.ts";
import type { Control } from "./fixtures/control.ts";
import { download, mp3Seconds } from "./fixtures/download.ts";
import { SOON } from "./fixtures/soon.ts";
import { expect, test } from "./fixtures/test.ts";

/** A second of 20 ms frames. */
const SECOND = 50;

/** The recordings of a leg that run, oldest first. That of the outbound voice profile is the first. */
async function running(control: Control, { leg }: Ids): Promise<string[]> {
  const { recordings } = await control.leg(leg);
  return recordings.filter(({ state }) => state === "recording").map(({ id }) => id);
}

test("a call is recorded by command: both ends, to be downloaded from a link", async ({ telnyx, calls, control, receiver }) => {
  const [tone, echo] = [await calls.reaches(TONE), await calls.reaches(ECHO)];
  await telnyx.calls.actions.bridge(echo.control, { call_control_id_to_bridge_with: tone.control });
  const done = await telnyx.calls.actions.startRecording(echo.control, { format: "wav", channels: "dual" });
  expect(done).toEqual({ data: { result: "ok" } });
  await calls.says(echo, 440);
  await telnyx.calls.actions.stopRecording(echo.control, {});
  await control.advances(1.5);

  const saved = await receiver.payload("call.recording.saved", echo.leg);
  expect(saved).toMatchObject({
    call_control_id: echo.control,
    call_session_id: echo.session,
    channels: "dual",
    format: "wav",
    public_recording_urls: {},
    recording_urls: { wav: expect.stringContaining("X-Amz-Expires=600") },
  });
  const { data: recording } = await telnyx.recordings.retrieve(String(saved["recording_id"]));
  expect(recording).toMatchObject({
    record_type: "recording",
    call_leg_id: echo.leg,
    connection_id: calls.application,
    channels: "dual",
    from: OURS,
    to: ECHO,
    initiated_by: "StartCallRecordingAPI",
    source: "call",
    status: "completed",
    recording_started_at: saved["recording_started_at"],
    recording_ended_at: saved["recording_ended_at"],
  });

  const { wav } = saved["recording_urls"] as { wav: string };
  const { status, type, bytes } = await download(wav);
  expect([status, type]).toEqual([200, "audio/wav"]);
  const { rate, channels } = readWave(bytes);
  expect([rate, channels.length]).toEqual([8000, 2]);
  const [end, heard] = channels as [Float32Array, Float32Array];
  expect((end.length / rate) * 1000).toBeCloseTo(recording?.duration_millis ?? 0, -1);
  // Its end echoes what it hears half a second later: the last tenth has the tone on both sides, the first has it on one.
  expect(strongest(end.subarray(-800), rate, [440, 1000, 1400])).toBe(440);
  expect(strongest(heard.subarray(-800), rate, [440, 1000, 1400])).toBe(440);
  expect(Math.max(...end.subarray(0, 800).map(Math.abs))).toBeLessThan(0.01);
});

test("a recording that is paused leaves out what is said meanwhile", async ({ telnyx, calls, control }) => {
  const { actions } = telnyx.calls;
  const tone = await calls.reaches(TONE);
  await actions.startRecording(tone.control, { format: "wav", channels: "single" });
  const [whole, part] = await running(control, tone);
  const named = { recording_id: part ?? "" };
  await calls.talks(tone, SECOND / 5);
  await actions.pauseRecording(tone.control, named);
  expect(await running(control, tone)).toEqual([whole]);
  await calls.talks(tone, SECOND);
  await actions.resumeRecording(tone.control, named);
  await calls.talks(tone, SECOND / 5);
  await control.hangsUp(tone.leg);
  await control.advances(1.5);
  await expect.poll(async () => (await telnyx.recordings.list()).data.length, SOON).toBe(2);
  const millis = async (id = "") => (await telnyx.recordings.retrieve(id)).data?.duration_millis ?? 0;
  expect(await millis(part)).toBeGreaterThan(300);
  expect((await millis(whole)) - (await millis(part))).toBeGreaterThan(900);
});

test("an MP3 of both ends in one channel", async ({ telnyx, calls, control, receiver }) => {
  const tone = await calls.reaches(TONE);
  await telnyx.calls.actions.startRecording(tone.control, { format: "mp3", channels: "single", play_beep: true });
  await calls.talks(tone, SECOND / 2);
  await control.hangsUp(tone.leg);
  await control.advances(1.5);
  const { recording_urls, recording_id, format } = await receiver.payload("call.recording.saved", tone.leg);
  expect(format).toBe("mp3");
  const { type, bytes } = await download((recording_urls as { mp3: string }).mp3);
  expect(type).toBe("audio/mpeg");
  const { seconds, channels } = mp3Seconds(bytes);
  expect(channels).toBe(1);
  const { data } = await telnyx.recordings.retrieve(String(recording_id));
  // An encoder fills its last frames up.
  expect(Math.abs(seconds * 1000 - (data?.duration_millis ?? 0))).toBeLessThan(300);
});

test("a link opens for ten minutes; a fresh one is had by the recording's id", async ({ telnyx, calls, control, receiver }) => {
  const tone = await calls.reaches(TONE, { record: "record-from-answer", record_format: "wav" });
  await control.hangsUp(tone.leg);
  await control.advances(1.5);
  const { recording_urls, recording_id } = await receiver.payload("call.recording.saved", tone.leg);
  const { wav } = recording_urls as { wav: string };
  await control.advances(590);
  expect((await download(wav)).status).toBe(200);
  await control.advances(11);
  expect((await download(wav)).status).toBe(403);
  const { data } = await telnyx.recordings.retrieve(String(recording_id));
  const fresh = data?.download_urls?.wav ?? "";
  expect((await download(fresh)).status).toBe(200);
  expect((await download(fresh.replace(/Signature=..../, "Signature=0000"))).status).toBe(403);
  expect(new URL(fresh).port).not.toBe(new URL(telnyx.baseURL).port);
});

test("recordings are listed by filters, and in pages", async ({ telnyx, calls, control }) => {
  const [one, other] = [await calls.reaches(TONE), await calls.reaches(ECHO)];
  await control.hangsUp(one.leg);
  await control.advances(100);
  await control.hangsUp(other.leg);
  await control.advances(1.5);
  await expect.poll(async () => (await telnyx.recordings.list()).data.length, SOON).toBe(2);
  const [second, first] = (await telnyx.recordings.list()).data;
  expect([first?.call_leg_id, second?.call_leg_id]).toEqual([one.leg, other.leg]);

  const ids = async (filter: object) => (await telnyx.recordings.list({ filter })).data.map(({ id }) => id);
  expect(await ids({ call_control_id: one.control })).toEqual([first?.id]);
  expect(await ids({ call_leg_id: other.leg })).toEqual([second?.id]);
  expect(await ids({ call_session_id: one.session })).toEqual([first?.id]);
  expect(await ids({ to: ECHO })).toEqual([second?.id]);
  expect(await ids({ from: OURS, connection_id: calls.application })).toHaveLength(2);
  expect(await ids({ from: "+12025550143" })).toEqual([]);
  expect(await ids({ created_at: { gte: second?.created_at } })).toEqual([second?.id]);
  expect(await ids({ created_at: { lte: first?.created_at } })).toEqual([first?.id]);
  expect(await ids({ end_time: { gte: second?.recording_ended_at }, to: TONE })).toEqual([]);
  expect(await refusal(telnyx.recordings.list({ filter: { colour: "red" } as object }))).toBe("422 10031 filter[colour]");
  const when = { created_at: { gte: "yesterday" } };
  expect(await refusal(telnyx.recordings.list({ filter: when }))).toBe("422 10015 filter[created_at][gte]");

  const pages: (string | undefined)[] = [];
  for await (const { id } of telnyx.recordings.list({ "page[size]": 1 })) pages.push(id);
  expect(pages).toEqual([second?.id, first?.id]);
});

test("a recording that is deleted is gone, and its link with it", async ({ telnyx, calls, control }) => {
  const legs = [await calls.reaches(TONE), await calls.reaches(TONE), await calls.reaches(TONE)];
  for (const { leg } of legs) await control.hangsUp(leg);
  await control.advances(1.5);
  await expect.poll(async () => (await telnyx.recordings.list()).data.length, SOON).toBe(3);
  const [one, ...others] = (await telnyx.recordings.list()).data;
  const { data: deleted } = await telnyx.recordings.delete(one?.id ?? "");
  expect(deleted?.id).toBe(one?.id);
  expect((await download(one?.download_urls?.wav ?? "")).status).toBe(404);
  await expect(telnyx.recordings.retrieve(one?.id ?? "")).rejects.toBeInstanceOf(NotFoundError);
  await expect(telnyx.recordings.delete(one?.id ?? "")).rejects.toBeInstanceOf(NotFoundError);
  await telnyx.recordings.actions.delete({ ids: others.map(({ id }) => id ?? "") });
  expect((await telnyx.recordings.list()).data).toEqual([]);
});

test("a recording is named to be stopped, one at a time; one that has a limit stops by itself", async ({
  telnyx,
  calls,
  control,
  receiver,
}) => {
  const { actions } = telnyx.calls;
  const tone = await calls.reaches(TONE);
  await actions.startRecording(tone.control, { format: "wav", channels: "single", max_length: 60 });
  await actions.startRecording(tone.control, { format: "wav", channels: "dual" });
  const [profile, short, long] = await running(control, tone);
  await control.advances(60);
  expect(await running(control, tone)).toEqual([profile, long]);
  await actions.stopRecording(tone.control, { recording_id: long ?? "" });
  expect(await running(control, tone)).toEqual([profile]);
  await control.advances(1.5);
  const saved = await receiver.hears("call.recording.saved", 2, tone.leg);
  expect(saved.map(({ body }) => body.data.payload["recording_id"]).toSorted()).toEqual([short, long].toSorted());
  const again = actions.stopRecording(tone.control, { recording_id: long ?? "" });
  expect(await refusal(again)).toBe("422 10015 /recording_id");
  const wrong = actions.startRecording(tone.control, { format: "ogg" as "wav", channels: "dual" });
  expect(await refusal(wrong)).toBe("422 10032 /format");
});

test("a dial that asks for a recording knows its id at once, and it is announced", async ({ telnyx, calls, control, receiver }) => {
  const wish = { record: "record-from-answer", record_channels: "single", record_format: "wav" } as const;
  const { data } = await telnyx.calls.dial({ connection_id: calls.application, from: OURS, to: TONE, ...wish });
  await control.advances(1.5);
  await control.hangsUp(data?.call_leg_id ?? "");
  await control.advances(1.5);
  const { recording_id } = await receiver.payload("call.recording.saved", data?.call_leg_id ?? "");
  expect(recording_id).toBe(data?.recording_id);
  const { data: recording } = await telnyx.recordings.retrieve(String(recording_id));
  expect(recording).toMatchObject({ initiated_by: "OutboundAPI", channels: "single" });
});

test("a recording that the outbound voice profile wants is not announced, unless the switch says so", async ({
  telnyx,
  calls,
  control,
  receiver,
}) => {
  const silent = await calls.reaches(TONE);
  await control.hangsUp(silent.leg);
  await control.advances(1.5);
  await expect.poll(async () => (await telnyx.recordings.list()).data.length, SOON).toBe(1);
  expect((await telnyx.recordings.list()).data[0]).toMatchObject({ initiated_by: "Trunking", call_leg_id: silent.leg });

  await control.switches({ profile_recording_webhook: "sent", recording_call_ids: "absent" });
  const told = await calls.reaches(TONE);
  await control.hangsUp(told.leg);
  await control.advances(1.5);
  const { recording_id } = await receiver.payload("call.recording.saved", told.leg);
  expect(receiver.of("call.recording.saved", silent.leg)).toEqual([]);
  const { data: nameless } = await telnyx.recordings.retrieve(String(recording_id));
  for (const field of ["call_control_id", "call_leg_id", "call_session_id", "from", "to"]) {
    expect(nameless).not.toHaveProperty(field);
  }

  const [profile] = (await telnyx.outboundVoiceProfiles.list()).data;
  const none = { name: "Quiet", call_recording: { call_recording_type: "none" as const } };
  await telnyx.outboundVoiceProfiles.update(profile?.id ?? "", none);
  const { leg } = await calls.reaches(TONE);
  expect(await control.leg(leg)).toMatchObject({ recordings: [] });
});

test("a recording may be late, fail, or never come", async ({ telnyx, calls, control, receiver }) => {
  const record = { record: "record-from-answer" } as const;
  const [late, fails, never] = [
    await calls.reaches("+12025550106", record),
    await calls.reaches("+12025550119", record),
    await calls.reaches("+12025550118", record),
  ];
  for (const { leg } of [late, fails, never]) await control.hangsUp(leg);
  await control.advances(15);
  expect(await receiver.payload("call.recording.error", fails.leg)).toMatchObject({ reason: "Internal server error" });
  expect(receiver.of("call.recording.saved")).toEqual([]);
  await control.advances(5);
  await receiver.hears("call.recording.saved", 1, late.leg);
  expect((await telnyx.recordings.list()).data.map(({ call_leg_id }) => call_leg_id)).toEqual([late.leg]);
});
