import { type Switches, told } from "./switches.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ stackName: "unseen" });

const EITHER_WAY: Switches[] = [
  { sdk_leg_events: "all" },
  { profile_recording_webhook: "sent" },
  { profile_recording_webhook: "sent", recording_call_ids: "absent" },
  { sdk_client_state: "lost" },
  { sdk_custom_headers: "sip_headers" },
  { sdk_client_state: "lost", sdk_custom_headers: "sip_headers" },
  { sdk_control_id: "withheld" },
  { sdk_control_id: "withheld", sdk_client_state: "lost", sdk_custom_headers: "sip_headers" },
];

for (const switches of EITHER_WAY) {
  test(`a call is one row with its recording where ${told(switches)}`, async ({ phone, lab, server }) => {
    const known = (await server.rows()).length;
    await lab.switches(switches);
    await phone.dials("+12025550107");
    await expect(phone.talkTime).toHaveText("0:01");
    const call = await lab.call();
    await phone.hangsUp();
    await expect.poll(async () => (await lab.call()).state).toBe("ended");
    await lab.waits(5);
    const news = async () => {
      const rows = await server.rows();
      return rows.slice(0, rows.length - known);
    };
    await expect
      .poll(news, { timeout: 25_000 })
      .toMatchObject([{ status: "completed", outcome: "answered", ended_by: "us", telnyx: "heard" }]);
    const [row] = await news();
    expect(row?.ids).toMatchObject({
      call_control_id: call.call_control_id,
      call_leg_id: call.call_leg_id,
      call_session_id: call.call_session_id,
    });
    expect((await server.recording()).subarray(0, 4).toString()).toBe("RIFF");
  });
}

test("a recording that does not say of which call it is, and that nobody announces, is not guessed", async ({
  phone,
  lab,
  server,
}) => {
  await lab.switches({ recording_call_ids: "absent" });
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toHaveText("0:01");
  const call = await lab.call();
  await phone.hangsUp();
  await expect.poll(async () => (await lab.call()).state).toBe("ended");
  await lab.waits(5);
  expect(await lab.call()).toMatchObject({ recording: { state: "saved" } });
  // It is asked for by all three of the call's names.
  const asked = async () => (await lab.recordingsAskedFor()).filter((query) => query.includes("filter["));
  await expect.poll(async () => (await asked()).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
  expect((await asked()).join()).toContain(call.call_session_id);
  expect(await server.newestRow()).toMatchObject({ outcome: "answered", recording: "processing" });
});

for (const source of ["caller", "callee", "unknown"]) {
  test(`a hang-up by REST is ours where Telnyx says it was ${source}'s`, async ({ phone, lab, server }) => {
    await lab.switches({ sdk_leg_commands: "accepted", rest_hangup_source: source });
    await phone.dials("+12025550107");
    await expect(phone.inCall).toContainText("Sound connected");
    await lab.dropsSockets(60);
    await expect(phone.inCall).toContainText("Reconnecting to Telnyx");
    await phone.hangsUp();
    await expect.poll(async () => (await lab.call()).state).toBe("ended");
    expect((await lab.call()).hangup_source).toBe(source);
    await expect.poll(async () => server.newestRow()).toMatchObject({ outcome: "answered", ended_by: "us", telnyx: "heard" });
    await lab.waits(60);
  });
}

for (const switches of [{}, { sdk_control_id: "withheld" }, { sdk_leg_events: "all" }] satisfies Switches[]) {
  test(`a call that comes in is one row where ${told(switches)}`, async ({ phone, lab, server }) => {
    await lab.switches(switches);
    const call = await lab.callsUser("+12025550107", await lab.lastUser());
    await phone.answers();
    await expect(phone.talkTime).toHaveText("0:01");
    await phone.hangsUp();
    const rows = async () => (await server.rows()).filter(({ ids }) => ids.call_leg_id === call.call_leg_id);
    await expect
      .poll(rows)
      .toMatchObject([{ direction: "incoming", outcome: "answered", telnyx: "heard", aliases: [call.call_id] }]);
    expect((await server.newestRow()).ids.call_leg_id).toBe(call.call_leg_id);
  });
}

test("a call to an agent who is not signed in leaves no row where Telnyx makes no leg of it", async ({
  phone,
  lab,
  server,
}) => {
  const known = (await server.rows()).length;
  const user = await lab.lastUser();
  await lab.switches({ absent_user: "silent" });
  await phone.page.goto("about:blank");
  await expect.poll(async () => await lab.isSignedIn(user)).toBe(false);
  await expect(lab.callsUser("+12025550107", user)).rejects.toThrow("409");
  await phone.opens();
  expect(await lab.webhooksSent()).toEqual([]);
  expect(await server.rows()).toHaveLength(known);
});
