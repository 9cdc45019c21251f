import { BUSY, TONE, refusal } from "./fixtures/calls.ts";
import { SOON } from "./fixtures/soon.ts";
import { expect, test } from "./fixtures/test.ts";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/;

test("each request to REST is written down with its answer, for each leg it names", async ({ telnyx, calls, control }) => {
  const one = await calls.reaches(TONE);
  const other = await calls.reaches(TONE, { link_to: one.control });
  await telnyx.calls.actions.bridge(one.control, { call_control_id_to_bridge_with: other.control });
  await refusal(telnyx.calls.actions.sendDtmf(one.control, { digits: "x" }));
  await control.restFails([{ path: "/v2/calls/*", fault: "close_after" }]);
  await telnyx.calls.actions.hangup(one.control, {}).catch(() => undefined);

  const told = async (leg?: string) =>
    (await control.requests(leg)).map(({ method, path, status, leg: about }) => [
      `${method} ${path.replace(one.control, "1").replace(other.control, "2")}`,
      status,
      about,
    ]);
  const dials = (leg: string) => ["POST /v2/calls", 200, leg];
  expect(await told(one.leg)).toEqual([
    dials(one.leg),
    dials(other.leg),
    ["POST /v2/calls/1/actions/bridge", 200, one.leg],
    ["POST /v2/calls/1/actions/send_dtmf", 422, one.leg],
    ["POST /v2/calls/1/actions/hangup", null, one.leg],
  ]);
  expect(await told(other.leg)).toEqual([dials(other.leg), ["POST /v2/calls/1/actions/bridge", 200, one.leg]]);

  const [dialled, ...later] = await control.requests(one.leg);
  expect(dialled).toMatchObject({
    at: expect.stringMatching(TIME),
    answered_at: expect.stringMatching(TIME),
    query: null,
    request: { to: TONE, connection_id: calls.application },
    answer: { data: { call_control_id: one.control } },
  });
  expect(await control.requests(one.leg, dialled?.id)).toEqual(later);
});

test("no secret is written down", async ({ running, telnyx, control }) => {
  const { data } = await telnyx.telephonyCredentials.create({ connection_id: running.variable("TONO_CONNECTION_ID") });
  const token = await telnyx.telephonyCredentials.createToken(data?.id ?? "");
  await telnyx.credentialConnections.update(running.variable("TONO_CONNECTION_ID"), { password: "a-new-password" });
  const written = JSON.stringify(await control.requests());
  for (const secret of [data?.sip_password, token, "a-new-password", running.variable("TONO_TELNYX_KEY")]) {
    expect(secret).toMatch(/./);
    expect(written).not.toContain(secret);
  }
  expect((await control.requests()).map(({ method, answer }) => [method, typeof answer])).toEqual([
    ["POST", "object"],
    ["POST", "string"],
    ["PATCH", "object"],
  ]);
});

test("a reset forgets the logs and counts on", async ({ telnyx, control, agent }) => {
  await agent.dials(BUSY);
  await telnyx.phoneNumbers.list();
  const [request] = await control.requests();
  const [line] = await control.wire();
  const last = (await control.wire()).at(-1)?.id ?? 0;
  expect(await control.wire(last)).toEqual([]);
  await control.reset();
  expect(await control.requests()).toEqual([]);
  await telnyx.phoneNumbers.list();
  await agent.dials(BUSY);
  expect((await control.requests()).at(0)?.id).toBeGreaterThan(request?.id ?? 0);
  expect((await control.wire()).at(0)?.id).toBeGreaterThan(line?.id ?? 0);
  expect((await control.wire(last)).map(({ message }) => message.method)).toContain("telnyx_rtc.invite");
});

test("each webhook says when it happened, and when it was sent", async ({ calls, control, receiver }) => {
  receiver.answersWith([500]);
  const { leg } = await calls.dials(BUSY);
  const other = await calls.dials(BUSY);
  await control.advances(2);
  await receiver.hears("call.hangup", 1, leg);
  const own = async () => (await control.webhooksOf(leg)).filter(({ progress }) => progress === "delivered");
  await expect.poll(async () => (await own()).length, SOON).toBe(2);
  for (const { event_type, occurred_at, attempts, requests } of await own()) {
    const [webhook] = receiver.of(event_type, leg);
    expect(occurred_at).toBe(webhook?.body.data.occurred_at);
    expect(requests).toHaveLength(attempts);
    expect(requests.at(-1)).toEqual({
      at: expect.stringMatching(TIME),
      finished_at: expect.stringMatching(TIME),
      url: receiver.url(),
      status: 200,
    });
  }
  expect(await control.webhooksOf(other.leg)).not.toEqual(await control.webhooksOf(leg));
  expect(Object.keys(await control.webhookModes())).toEqual(["modes"]);
});

test("who can be called is known, and whom a leg talked with", async ({ running, gateway, agent, control }) => {
  const connection_id = running.variable("TONO_CONNECTION_ID");
  const [first] = await control.agents();
  expect(first).toMatchObject({ user: expect.stringMatching(/^gencred/), connection_id });
  const stranger = await gateway();
  expect((await stranger.signsIn({ login_token: "none" }))?.message).toBe("Login Incorrect");
  expect((await control.agents()).filter(({ user }) => user === first?.user)).toEqual([first]);

  const call = await agent.dials(BUSY);
  const { partner } = await control.leg(call);
  expect(partner).not.toBeNull();
  await control.advances(2);
  expect(await control.leg(call)).toMatchObject({ state: "ended", partner: null, last_partner: partner });
  agent.close();
  await expect.poll(async () => (await control.agents()).some(({ user }) => user === first?.user), SOON).toBe(false);
});

test("any step of a number can happen to a leg now", async ({ calls, control }) => {
  const { leg } = await calls.reaches(TONE);
  await control.acts(leg, { press: { digits: "1#" } });
  expect(await control.leg(leg)).toMatchObject({ state: "answered", dtmf: "1#" });
  expect(await control.acts(leg, "hang_up")).toMatchObject({ state: "ended" });
  await expect(control.acts(leg, "levitate")).rejects.toThrow(/400/);
  await expect(control.acts("nobody", "hang_up")).rejects.toThrow(/404/);
});

test("a browser is told who talks to it", async ({ agent, control }) => {
  const call = await agent.dials(TONE);
  await control.advances(2);
  await control.displays(call, "Ada", "+12025550107");
  const told = (await control.wire()).find(({ message }) => message.method === "telnyx_rtc.display");
  expect(told?.message).toMatchObject({ params: { callID: call, display_name: "Ada", display_number: "+12025550107" } });
});

test("a page of any origin may use the control API", async ({ running }) => {
  for (const path of ["clock", "rest-faults", "agents"]) {
    for (const method of ["GET", "OPTIONS"]) {
      const { headers } = await fetch(`${running.origin}/lab/${path}`, { method });
      expect([path, method, headers.get("access-control-allow-origin")]).toEqual([path, method, "*"]);
    }
  }
});
