import { NotFoundError } from "telnyx";

import { expect, test } from "./fixtures/test.ts";

test("a Call Control application is made, shown, changed and deleted", async ({ telnyx, receiver }) => {
  const { data: made } = await telnyx.callControlApplications.create({
    application_name: "Dialler",
    webhook_event_url: receiver.url("/dialler"),
    webhook_api_version: "2",
  });
  expect(made).toMatchObject({
    record_type: "call_control_application",
    active: true,
    application_name: "Dialler",
    first_command_timeout_secs: 30,
  });
  const id = made?.id ?? "";
  const both = { application_name: "Dialler", webhook_event_url: receiver.url("/dialler") };
  const { data: changed } = await telnyx.callControlApplications.update(id, { ...both, active: false });
  expect(changed).toMatchObject({ id, active: false, webhook_api_version: "2" });
  const filter = { application_name: { contains: "dial" } };
  expect((await telnyx.callControlApplications.list({ filter })).data).toEqual([changed]);
  await telnyx.callControlApplications.delete(id);
  await expect(telnyx.callControlApplications.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
});

test("an application needs a name and an address, at each change too", async ({ telnyx, running }) => {
  const nameless = telnyx.callControlApplications.create({ application_name: " ", webhook_event_url: "https://a.example" });
  await expect(nameless).rejects.toMatchObject({
    error: { errors: [{ code: "10004", source: { pointer: "/application_name" } }] },
  });
  const id = running.variable("TONO_CALL_CONTROL_APP");
  const half = { application_name: "Tono" } as { application_name: string; webhook_event_url: string };
  await expect(telnyx.callControlApplications.update(id, half)).rejects.toMatchObject({
    error: { errors: [{ code: "10004", source: { pointer: "/webhook_event_url" } }] },
  });
});

test("an outbound voice profile says what is recorded", async ({ telnyx }) => {
  const [seeded] = (await telnyx.outboundVoiceProfiles.list()).data;
  expect(seeded).toMatchObject({
    record_type: "outbound_voice_profile",
    connections_count: 2,
    call_recording: { call_recording_type: "all", call_recording_channels: "dual", call_recording_format: "wav" },
    whitelisted_destinations: ["US", "CA"],
  });

  const { data: made } = await telnyx.outboundVoiceProfiles.create({ name: "Quiet" });
  expect(made).toMatchObject({ call_recording: { call_recording_type: "none" }, connections_count: 0 });
  const id = made?.id ?? "";
  const numbers = { call_recording_type: "by_caller_phone_number" as const, call_recording_caller_phone_numbers: ["+12025550143"] };
  const { data: changed } = await telnyx.outboundVoiceProfiles.update(id, { name: "Quiet", call_recording: numbers });
  expect(changed?.call_recording).toMatchObject({ ...numbers, call_recording_format: "wav" });
  await telnyx.outboundVoiceProfiles.delete(id);

  const inUse = telnyx.outboundVoiceProfiles.delete(seeded?.id ?? "");
  await expect(inUse).rejects.toMatchObject({ status: 422, error: { errors: [{ code: "10021" }] } });
  const short = telnyx.outboundVoiceProfiles.create({ name: "ab" });
  await expect(short).rejects.toMatchObject({ error: { errors: [{ code: "10025", source: { pointer: "/name" } }] } });
});

test("numbers can be found, and given to another connection", async ({ telnyx, running }) => {
  const { data: numbers } = await telnyx.phoneNumbers.list({ sort: "phone_number" });
  expect(numbers.map((number) => number.phone_number)).toEqual(["+12025550142", "+12025550143", "+12025550144"]);
  const [number] = (await telnyx.phoneNumbers.list({ filter: { phone_number: "5550143" } })).data;
  const id = number?.id ?? "";
  expect(number).toMatchObject({ status: "active", connection_name: "Tono lab" });

  const application = running.variable("TONO_CALL_CONTROL_APP");
  const { data: moved } = await telnyx.phoneNumbers.update(id, { connection_id: application, tags: ["inbound"] });
  expect(moved).toMatchObject({ connection_id: application, tags: ["inbound"], phone_number: "+12025550143" });
  expect((await telnyx.phoneNumbers.list({ filter: { tag: "inbound" } })).data).toEqual([moved]);
  expect((await telnyx.phoneNumbers.list({ filter: { connection_id: application } })).data).toHaveLength(1);
  const nowhere = telnyx.phoneNumbers.update(id, { connection_id: "7" });
  await expect(nowhere).rejects.toMatchObject({ error: { errors: [{ code: "10017" }] } });

  const { data: voice } = await telnyx.phoneNumbers.voice.update(id, {
    call_recording: { inbound_call_recording_enabled: true },
    usage_payment_method: "channel",
  });
  expect(voice).toMatchObject({
    record_type: "voice_settings",
    phone_number: "+12025550143",
    connection_id: application,
    usage_payment_method: "channel",
    call_recording: { inbound_call_recording_enabled: true, inbound_call_recording_format: "wav" },
  });
  expect((await telnyx.phoneNumbers.retrieve(id)).data?.call_recording_enabled).toBe(true);
  const screened = telnyx.phoneNumbers.voice.update(id, { inbound_call_screening: "maybe" as "disabled" });
  await expect(screened).rejects.toMatchObject({
    error: { errors: [{ code: "10032", source: { pointer: "/inbound_call_screening" } }] },
  });
});
