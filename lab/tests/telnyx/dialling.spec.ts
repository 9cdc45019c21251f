import { NotFoundError, UnprocessableEntityError } from "telnyx";

import { BUSY, OURS, TONE, WAITS, type Wishes, refusal } from "./fixtures/calls.ts";
import { client, expect, test } from "./fixtures/test.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

test("a dial returns the call's ids at once, and all webhooks of the call carry them", async ({
  telnyx,
  calls,
  control,
  receiver,
}) => {
  const { data } = await telnyx.calls.dial({
    connection_id: calls.application,
    from: OURS,
    to: TONE,
    client_state: "dG9ubw==",
    custom_headers: [{ name: "X-Tono", value: "7" }],
  });
  expect(data).toEqual({
    record_type: "call",
    call_control_id: expect.stringMatching(/^v3:\S+$/),
    call_leg_id: expect.stringMatching(UUID),
    call_session_id: expect.stringMatching(UUID),
    is_alive: false,
    client_state: "dG9ubw==",
  });
  const leg = data?.call_leg_id ?? "";
  await control.advances(1.5);
  await receiver.hears("call.answered", 1, leg);
  await control.hangsUp(leg);
  await receiver.hears("call.hangup", 1, leg);
  expect(receiver.types(leg)).toEqual(["call.initiated", "call.answered", "call.hangup"]);

  const { is_alive: _alive, record_type: _type, ...ids } = data ?? {};
  const common = { ...ids, connection_id: calls.application, from: OURS, to: TONE };
  for (const { raw, headers } of receiver.received) {
    const event = await telnyx.webhooks.unwrap(raw, { headers });
    expect("data" in event && event.data).toMatchObject({ record_type: "event", payload: common });
  }
  const headers = [{ name: "X-Tono", value: "7" }];
  expect(await receiver.payload("call.initiated", leg)).toMatchObject({
    direction: "outgoing",
    state: "bridging",
    custom_headers: headers,
  });
  expect(await receiver.payload("call.hangup", leg)).toMatchObject({
    hangup_cause: "normal_clearing",
    hangup_source: "callee",
    sip_hangup_cause: "200",
  });
});

test("whoever is busy is said to be", async ({ calls, control, receiver }) => {
  const { leg } = await calls.dials(BUSY);
  await control.advances(1);
  expect(await receiver.payload("call.hangup", leg)).toMatchObject({ hangup_cause: "user_busy", sip_hangup_cause: "486" });
  expect(receiver.types(leg)).toEqual(["call.initiated", "call.hangup"]);
});

for (const [wrong, refused] of [
  [{ to: "" }, "10004 /to"],
  [{ connection_id: "" }, "10004 /connection_id"],
  [{ bridge_on_answer: true }, "10004 /link_to"],
  [{ connection_id: "7" }, "10015 /connection_id"],
  [{ to: "2025550107" }, "10016 /to"],
  [{ from: "anonymous" }, "10016 /from"],
  [{ record: "record-from-answer", record_format: "ogg" as "wav" }, "10032 /record_format"],
  [{ answering_machine_detection: "maybe" as "detect" }, "10032 /answering_machine_detection"],
  [{ timeout_secs: 4 }, "10033 /timeout_secs"],
  [{ time_limit_secs: 29 }, "10033 /time_limit_secs"],
  [{ time_limit_secs: 14_401 }, "10033 /time_limit_secs"],
  [{ client_state: "no base64!" }, "90017 /client_state"],
  [{ from_display_name: "x".repeat(129) }, "10025 /from_display_name"],
  [{ send_digits_on_answer: "1,2" }, "90014 /send_digits_on_answer"],
  [{ media_encryption: "SRTP" }, "10011 /media_encryption"],
  [{ webhook_url: "nowhere" }, "10003 /webhook_url"],
  [{ link_to: "v3:nobody" }, "90015 /call_control_id"],
] as [Wishes, string][]) {
  test(`a dial with ${JSON.stringify(wrong).slice(0, 70)} is refused with ${refused}`, async ({ telnyx, calls, control }) => {
    const dial = telnyx.calls.dial({ connection_id: calls.application, from: OURS, to: TONE, ...wrong });
    dial.catch(() => undefined);
    await expect(dial).rejects.toBeInstanceOf(UnprocessableEntityError);
    expect(await refusal(dial)).toBe(`422 ${refused}`);
    expect(await control.legs()).toEqual([]);
  });
}

test("a credential connection dials nobody by REST, nor does an application that is switched off", async ({
  telnyx,
  calls,
  running,
  receiver,
}) => {
  const connection_id = running.variable("TONO_CONNECTION_ID");
  expect(await refusal(calls.dials(TONE, { connection_id }))).toBe("422 10015 /connection_id");
  const both = { application_name: "Tono", webhook_event_url: receiver.url() };
  await telnyx.callControlApplications.update(calls.application, { ...both, active: false });
  expect(await refusal(calls.dials(TONE))).toBe("422 10015 /connection_id");
});

test("an application makes no more calls at once than its limits allow", async ({ telnyx, calls, receiver }) => {
  const both = { application_name: "Tono", webhook_event_url: receiver.url() };
  await telnyx.callControlApplications.update(calls.application, { ...both, outbound: { channel_limit: 1 } });
  const { control } = await calls.dials(WAITS);
  expect(await refusal(calls.dials(WAITS))).toBe("422 90043");
  await telnyx.calls.actions.hangup(control, {});
  await calls.dials(WAITS);

  const [profile] = (await telnyx.outboundVoiceProfiles.list()).data;
  await telnyx.outboundVoiceProfiles.update(profile?.id ?? "", { name: "Few", concurrent_call_limit: 1 });
  await telnyx.callControlApplications.update(calls.application, { ...both, outbound: { channel_limit: 9 } });
  expect(await refusal(calls.dials(WAITS))).toBe("422 90042");
});

test("a call that nobody answers, or that lasts too long, is ended for the reason", async ({ calls, control, receiver }) => {
  const rings = await calls.dials(WAITS, { timeout_secs: 5 });
  await control.advances(3);
  expect(receiver.of("call.hangup", rings.leg)).toEqual([]);
  await control.advances(2);
  expect(await receiver.payload("call.hangup", rings.leg)).toMatchObject({ hangup_cause: "timeout" });

  const lasts = await calls.reaches(TONE, { time_limit_secs: 30 });
  await control.advances(30);
  expect(await receiver.payload("call.hangup", lasts.leg)).toMatchObject({ hangup_cause: "time_limit" });
});

test("a repeated dial is ignored for a minute", async ({ calls, control }) => {
  const command_id = "a35e1e2b-6b3c-4ad4-8b5b-40c0d7d7e2fd";
  const first = await calls.dials(WAITS, { command_id });
  await control.advances(50);
  expect(await calls.dials(WAITS, { command_id })).toEqual(first);
  expect(await control.legs()).toHaveLength(1);
  await control.advances(11);
  expect((await calls.dials(WAITS, { command_id })).leg).not.toBe(first.leg);
  expect(await control.legs()).toHaveLength(2);
});

test("what a repeated dial returns is not known, so it can be anything", async ({ telnyx, calls, control }) => {
  const dial = { connection_id: calls.application, from: OURS, to: WAITS, command_id: "once" };
  const { data: first } = await telnyx.calls.dial(dial);
  await control.switches({ duplicate_dial: "other_ids" });
  const { data: other } = await telnyx.calls.dial(dial);
  expect(other?.call_leg_id).not.toBe(first?.call_leg_id);
  await control.switches({ duplicate_dial: "ok" });
  expect((await telnyx.calls.dial(dial)).data).toEqual({ result: "ok" });
  expect(await control.legs()).toHaveLength(1);
});

test("a dial that meets trouble gets through when it is tried again, and calls once", async ({ running, calls, control }) => {
  const patient = client(running, { maxRetries: 2 });
  await control.restFails([
    { method: "POST", path: "/v2/calls", fault: { status: 503 } },
    { method: "POST", path: "/v2/calls", fault: "close" },
  ]);
  await patient.calls.dial({ connection_id: calls.application, from: OURS, to: WAITS });
  expect(await control.legs()).toHaveLength(1);

  await control.restFails([{ method: "POST", path: "/v2/calls*", times: 9, fault: { status: 429 } }]);
  expect(await refusal(calls.dials(WAITS))).toBe("429 10011");
  expect(await control.legs()).toHaveLength(1);
});

test("a call's status is known until ten minutes after its end", async ({ telnyx, calls, control, receiver }) => {
  const ids = await calls.dials(TONE, { client_state: "dG9ubw==" });
  const status = async () => (await telnyx.calls.retrieveStatus(ids.control)).data;
  expect(await status()).toMatchObject({
    record_type: "call",
    call_control_id: ids.control,
    call_leg_id: ids.leg,
    call_session_id: ids.session,
    client_state: "dG9ubw==",
    is_alive: true,
    call_duration: 0,
  });
  await control.advances(1.5);
  await control.advances(7);
  const up = await status();
  expect(up?.is_alive).toBe(true);
  expect([7, 8, 9]).toContain(up?.call_duration);
  await control.hangsUp(ids.leg);
  const hangup = await receiver.payload("call.hangup", ids.leg);
  const over = await status();
  expect(over).toMatchObject({ is_alive: false, start_time: hangup["start_time"], end_time: hangup["end_time"] });
  await control.advances(590);
  expect(await status()).toEqual(over);
  await control.advances(11);
  await expect(status()).rejects.toBeInstanceOf(NotFoundError);
});
