import { NotFoundError } from "telnyx";

import { SOON } from "./fixtures/soon.ts";
import { expect, test, token } from "./fixtures/test.ts";

test("the account starts with a connection that is ready to be used", async ({ telnyx, running }) => {
  const id = running.variable("TONO_CONNECTION_ID");
  const { data } = await telnyx.credentialConnections.retrieve(id);
  expect(data).toMatchObject({
    record_type: "credential_connection",
    id,
    active: true,
    webhook_api_version: "2",
    webhook_event_url: running.receiver.url(),
    webhook_event_failover_url: null,
    outbound: { call_parking_enabled: null, localization: "US" },
  });
});

test("a connection is made, shown, changed and deleted", async ({ telnyx }) => {
  const { data: made } = await telnyx.credentialConnections.create({
    connection_name: "Support",
    user_name: "support1",
    password: "correct-horse",
    tags: ["front"],
    inbound: { simultaneous_ringing: "enabled" },
    outbound: { ani_override: "+12025550143" },
  });
  expect(made).toMatchObject({
    connection_name: "Support",
    webhook_api_version: "1",
    tags: ["front"],
    inbound: { simultaneous_ringing: "enabled", timeout_2xx_secs: 90 },
    outbound: { ani_override: "+12025550143", ani_override_type: "always", instant_ringback_enabled: true },
  });
  const id = made?.id ?? "";

  const { data: changed } = await telnyx.credentialConnections.update(id, {
    outbound: { call_parking_enabled: true },
    webhook_timeout_secs: 10,
  });
  expect(changed?.outbound).toMatchObject({ call_parking_enabled: true, ani_override: "+12025550143" });
  expect(changed).toMatchObject({ webhook_timeout_secs: 10, connection_name: "Support" });
  expect((await telnyx.credentialConnections.retrieve(id)).data).toEqual(changed);

  const filter = { connection_name: { contains: "SUPP" } };
  expect((await telnyx.credentialConnections.list({ filter })).data.map((found) => found.id)).toEqual([id]);
  const sorted = await telnyx.credentialConnections.list({ sort: "connection_name" });
  expect(sorted.data.map((found) => found.connection_name)).toEqual(["Support", "Tono lab"]);

  expect((await telnyx.credentialConnections.delete(id)).data?.id).toBe(id);
  await expect(telnyx.credentialConnections.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
});

const GOOD = { connection_name: "Support", user_name: "support1", password: "correct-horse" };

for (const [wrong, code, pointer] of [
  [{ connection_name: "" }, "10004", "/connection_name"],
  [{ password: "short" }, "10025", "/password"],
  [{ user_name: "with space" }, "10015", "/user_name"],
  [{ user_name: "tonolab" }, "10012", "/user_name"],
  [{ webhook_event_url: "nowhere" }, "10003", "/webhook_event_url"],
  [{ webhook_timeout_secs: 31 }, "10033", "/webhook_timeout_secs"],
  [{ webhook_api_version: "3" as "2" }, "10032", "/webhook_api_version"],
  [{ active: "yes" as unknown as boolean }, "10026", "/active"],
  [{ outbound: { channel_limit: -1 } }, "10033", "/outbound/channel_limit"],
  [{ outbound: { outbound_voice_profile_id: "7" } }, "10017", "/outbound/outbound_voice_profile_id"],
] as const) {
  test(`a connection with ${JSON.stringify(wrong)} is refused with ${code}`, async ({ telnyx }) => {
    const before = await telnyx.credentialConnections.list();
    const refused = telnyx.credentialConnections.create({ ...GOOD, ...wrong });
    await expect(refused).rejects.toMatchObject({ status: 422, error: { errors: [{ code, source: { pointer } }] } });
    expect((await telnyx.credentialConnections.list()).data).toEqual(before.data);
  });
}

test("a bad change changes nothing", async ({ telnyx, running }) => {
  const id = running.variable("TONO_CONNECTION_ID");
  const { data: before } = await telnyx.credentialConnections.retrieve(id);
  const bad = { connection_name: "New", webhook_timeout_secs: 99 };
  await expect(telnyx.credentialConnections.update(id, bad)).rejects.toMatchObject({ status: 422 });
  expect((await telnyx.credentialConnections.retrieve(id)).data).toEqual(before);
});

test("whether anyone is registered is known", async ({ telnyx, running, gateway }) => {
  const id = running.variable("TONO_CONNECTION_ID");
  const status = async () => (await telnyx.credentialConnections.actions.checkRegistrationStatus(id)).data;
  expect(await status()).toMatchObject({ record_type: "registration_status", status: "Not Registered" });
  const agent = await gateway();
  await agent.signsIn(await token(telnyx, running));
  expect(await status()).toMatchObject({ status: "Registered", sip_username: expect.stringMatching(/^gencred/) });
  agent.close();
  await expect.poll(async () => (await status())?.status, SOON).toBe("Not Registered");
});

test("nobody signs in to a connection that is switched off", async ({ telnyx, running, gateway }) => {
  const login = await token(telnyx, running);
  await telnyx.credentialConnections.update(running.variable("TONO_CONNECTION_ID"), { active: false });
  expect(await (await gateway()).signsIn(login)).toMatchObject({ code: -32001 });
});
