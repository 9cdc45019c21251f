import { TelnyxWebhookVerificationError } from "telnyx/lib/webhooks";

import { SOON } from "./fixtures/soon.ts";
import { expect, test } from "./fixtures/test.ts";

const BUSY = "+12025550102";

test("a webhook of the lab is accepted as Telnyx's", async ({ telnyx, agent, receiver, running }) => {
  await agent.dials(BUSY);
  const [{ raw, headers, body }] = await receiver.hears("call.hangup");
  expect(headers).toMatchObject({ "content-type": "application/json", "user-agent": "telnyx-webhooks" });
  expect(body.meta).toEqual({ attempt: 1, delivered_to: receiver.url() });

  const event = await telnyx.webhooks.unwrap(raw, { headers });
  expect(event).toHaveProperty("data");
  expect("data" in event && event.data).toMatchObject({
    record_type: "event",
    event_type: "call.hangup",
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    payload: {
      connection_id: running.variable("TONO_CONNECTION_ID"),
      hangup_cause: "user_busy",
      sip_hangup_cause: "486",
      to: BUSY,
    },
  });
});

test("a webhook that is tampered with, stale, unsigned or another account's is rejected", async ({ telnyx, agent, receiver }) => {
  await agent.dials(BUSY);
  const [{ raw, headers }] = await receiver.hears("call.hangup");
  const rejected = async (body: string, given: Record<string, string>, key?: string) => {
    const unwrapped = telnyx.webhooks.unwrap(body, { headers: given, ...(key === undefined ? {} : { key }) });
    await expect(unwrapped).rejects.toBeInstanceOf(TelnyxWebhookVerificationError);
  };
  await rejected(raw.replace("user_busy", "timeout"), headers);
  await rejected(raw, { ...headers, "telnyx-timestamp": String(Number(headers["telnyx-timestamp"]) + 1) });
  const { "telnyx-signature-ed25519": _signature, ...unsigned } = headers;
  await rejected(raw, unsigned);
  const { "telnyx-timestamp": _timestamp, ...undated } = headers;
  await rejected(raw, undated);
  await rejected(raw, headers, Buffer.alloc(32, 7).toString("base64"));

  const now = Date.now;
  Date.now = () => now() + 301_000;
  try {
    await rejected(raw, headers);
  } finally {
    Date.now = now;
  }
  await telnyx.webhooks.unwrap(raw, { headers });
});

test("a receiver in trouble is asked again, the failover in between", async ({ telnyx, running, agent, receiver, control }) => {
  await telnyx.credentialConnections.update(running.variable("TONO_CONNECTION_ID"), {
    webhook_event_failover_url: receiver.url("/second"),
  });
  receiver.answersWith([500, 500]);
  receiver.answersWith([500], "/second");
  await control.webhooks({ per_type: { "call.initiated": "lose" } });
  await agent.dials(BUSY);
  await receiver.hears("call.hangup", 2);
  await control.advances(1);
  const tries = await receiver.hears("call.hangup", 4);
  expect(tries.map(({ path, body }) => `${body.meta.attempt} ${path}`)).toEqual([
    "1 /webhooks",
    "2 /second",
    "3 /webhooks",
    "4 /second",
  ]);
  expect(new Set(tries.map(({ body }) => body.data.id)).size).toBe(1);
  for (const { raw, headers } of tries) await telnyx.webhooks.unwrap(raw, { headers });
});

test("a connection's webhooks go where it says, from now on", async ({ telnyx, running, agent, receiver, control }) => {
  const id = running.variable("TONO_CONNECTION_ID");
  await telnyx.credentialConnections.update(id, { webhook_event_url: receiver.url("/elsewhere") });
  await agent.dials(BUSY);
  const [{ path, body }] = await receiver.hears("call.hangup");
  expect([path, body.meta.delivered_to]).toEqual(["/elsewhere", receiver.url("/elsewhere")]);

  await telnyx.credentialConnections.update(id, { webhook_event_url: "" });
  receiver.forget();
  await agent.dials(BUSY);
  await expect.poll(() => control.webhooksSent(), SOON).toContain("call.hangup unaddressed");
  expect(receiver.received).toEqual([]);
});

test("a connection left at API version 1 gets none of version 2", async ({ telnyx, running, agent, receiver, control }) => {
  const id = running.variable("TONO_CONNECTION_ID");
  await telnyx.credentialConnections.update(id, { webhook_api_version: "1" });
  await agent.dials(BUSY);
  await expect.poll(() => control.webhooksSent(), SOON).toContain("call.hangup unaddressed");
  expect(receiver.received).toEqual([]);
});

test("webhooks come late, twice or never when told to", async ({ agent, receiver, control }) => {
  const per_type = { "call.initiated": "twice", "call.hangup": "delay" };
  await control.webhooks({ per_type, delay_ms: 30_000 });
  await agent.dials(BUSY);
  const [first, second] = await receiver.hears("call.initiated", 2);
  expect(first.body.data.id).toBe(second?.body.data.id);
  await expect.poll(() => control.webhooksSent(), SOON).toContain("call.hangup underway");
  expect(receiver.of("call.hangup")).toEqual([]);
  await control.advances(30);
  await receiver.hears("call.hangup");

  receiver.forget();
  await control.webhooks({ per_type: { "call.initiated": "lose" } });
  await agent.dials(BUSY);
  await receiver.hears("call.hangup");
  expect(receiver.of("call.initiated")).toEqual([]);
});

test("what became of each webhook can be looked up", async ({ telnyx, agent, receiver }) => {
  receiver.answersWith([401]);
  await agent.dials(BUSY);
  await receiver.hears("call.hangup");
  const failed = { filter: { status: { eq: "failed" as const } } };
  await expect.poll(async () => (await telnyx.webhookDeliveries.list(failed)).data.length, SOON).toBe(1);
  const [refused] = (await telnyx.webhookDeliveries.list(failed)).data;
  expect(refused).toMatchObject({
    record_type: "webhook_delivery",
    status: "failed",
    webhook: { record_type: "event", event_type: expect.stringMatching(/^call\./) },
    attempts: [{ status: "failed", http: { request: { url: receiver.url() }, response: { status: 401, body: "noted" } } }],
  });
  expect((await telnyx.webhookDeliveries.retrieve(refused?.id ?? "")).data).toEqual(refused);
  await expect.poll(async () => (await telnyx.webhookDeliveries.list()).data.length, SOON).toBe(2);
  const delivered = { filter: { status: { eq: "delivered" as const } } };
  expect((await telnyx.webhookDeliveries.list(delivered)).data).toHaveLength(1);
});
