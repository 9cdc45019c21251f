import type { Telnyx } from "telnyx";

import { BUSY, ECHO, TONE, WAITS, refusal } from "./fixtures/calls.ts";
import type { Gateway } from "./fixtures/gateway.ts";
import type { Receiver, Webhook } from "./fixtures/receiver.ts";
import { expect, test as plain, token } from "./fixtures/test.ts";

const test = plain.extend<{ connection: string; parked: Gateway }>({
  /** The credential connection, which parks. */
  connection: async ({ running, telnyx }, use) => {
    const id = running.variable("TONO_CONNECTION_ID");
    await telnyx.credentialConnections.update(id, { outbound: { call_parking_enabled: true } });
    await use(id);
  },
  /** An agent whose calls are parked. */
  parked: async ({ connection: _parks, agent }, use) => use(agent),
});

/** The leg that an SDK's call became, once it has been announced. */
async function announced(receiver: Receiver, to: string): Promise<{ control: string; leg: string; session: string }> {
  await receiver.hears("call.initiated");
  const isIt = ({ body }: Webhook) => body.data.payload["to"] === to;
  const { call_control_id, call_leg_id, call_session_id } = receiver.of("call.initiated").find(isIt)?.body.data.payload ?? {};
  return { control: String(call_control_id), leg: String(call_leg_id), session: String(call_session_id) };
}

/** Bridges two legs. */
async function bridge(telnyx: Telnyx, one: string, other: string): Promise<void> {
  await telnyx.calls.actions.bridge(one, { call_control_id_to_bridge_with: other });
}

test("a parked call of the SDK rings, and waits for a command", async ({ parked, receiver, connection, control }) => {
  const call = await parked.dials(ECHO);
  const leg = await announced(receiver, ECHO);
  expect(await receiver.payload("call.initiated", leg.leg)).toMatchObject({
    connection_id: connection,
    direction: "outgoing",
    state: "parked",
    from: "+12025550142",
    to: ECHO,
    client_state: "dG9ubw==",
  });
  expect(await parked.hears("telnyx_rtc.ringing", call)).toMatchObject({
    telnyx_call_control_id: leg.control,
    telnyx_session_id: leg.session,
    telnyx_leg_id: leg.leg,
  });
  await control.advances(600);
  expect(await control.leg(call)).toMatchObject({ state: "ringing", parked: true });
  // Nobody else was called.
  expect(await control.legs()).toHaveLength(1);
});

test("a parked call is answered by command, and bridged with one that was dialled for it", async ({
  telnyx,
  parked,
  receiver,
  control,
  calls,
}) => {
  const call = await parked.dials(ECHO);
  const agent = await announced(receiver, ECHO);
  await telnyx.calls.actions.answer(agent.control, {});
  expect(await parked.hears("telnyx_rtc.answer", call)).toMatchObject({ sdp: expect.stringContaining("m=audio") });
  await receiver.hears("call.answered", 1, agent.leg);
  const far = await calls.reaches(ECHO, { link_to: agent.control });
  expect(far.session).toBe(agent.session);
  await bridge(telnyx, agent.control, far.control);
  await receiver.hears("call.bridged", 1, agent.leg);
  await receiver.hears("call.bridged", 1, far.leg);

  await parked.hangsUp(call);
  expect(await receiver.payload("call.hangup", agent.leg)).toMatchObject({ hangup_source: "caller" });
  await receiver.hears("call.hangup", 1, far.leg);
  expect((await control.legs()).map(({ state }) => state)).toEqual(["ended", "ended"]);
});

test("a parked call that has not been answered is not bridged, or answered by it: the switch decides", async ({
  telnyx,
  parked,
  receiver,
  control,
  calls,
}) => {
  const call = await parked.dials(ECHO);
  const agent = await announced(receiver, ECHO);
  await parked.hears("telnyx_rtc.ringing", call);
  const far = await calls.reaches(TONE);
  expect(await refusal(bridge(telnyx, agent.control, far.control))).toBe("422 90034");
  await control.switches({ bridge_unanswered: "answers" });
  await bridge(telnyx, agent.control, far.control);
  await parked.hears("telnyx_rtc.answer", call);
  await receiver.hears("call.bridged", 1, agent.leg);
  expect(receiver.types(agent.leg)).toEqual(["call.initiated", "call.answered", "call.bridged"]);
});

test("a call dialled to be bridged answers the parked one when it is answered itself", async ({
  telnyx,
  parked,
  receiver,
  control,
  calls,
}) => {
  const call = await parked.dials(WAITS);
  const agent = await announced(receiver, WAITS);
  await parked.hears("telnyx_rtc.ringing", call);
  const far = await calls.dials(WAITS, { link_to: agent.control, bridge_on_answer: true, park_after_unbridge: "self" });
  expect((await control.leg(call)).state).toBe("ringing");
  await control.answers(far.leg);
  await parked.hears("telnyx_rtc.answer", call);
  await receiver.hears("call.bridged", 1, agent.leg);
  await control.hangsUp(far.leg);
  await receiver.hears("call.hangup", 1, far.leg);
  // `park_after_unbridge`: it goes on.
  expect((await telnyx.calls.retrieveStatus(agent.control)).data?.is_alive).toBe(true);
  await telnyx.calls.actions.hangup(agent.control, {});
  await parked.hears("telnyx_rtc.bye", call);
});

test("a parked call is transferred, and hears how its far end gets on", async ({ telnyx, parked, receiver, control }) => {
  const early = "+12025550111";
  const call = await parked.dials(early);
  const agent = await announced(receiver, early);
  await parked.hears("telnyx_rtc.ringing", call);
  await telnyx.calls.actions.transfer(agent.control, { to: early });
  await control.advances(1);
  await parked.hears("telnyx_rtc.media", call);
  await control.advances(4);
  await parked.hears("telnyx_rtc.answer", call);
  await receiver.hears("call.bridged", 2);
});

test("a parked call is rejected by command, with the reason", async ({ telnyx, parked, receiver }) => {
  const call = await parked.dials(ECHO);
  const agent = await announced(receiver, ECHO);
  await telnyx.calls.actions.reject(agent.control, { cause: "USER_BUSY" });
  expect(await parked.hears("telnyx_rtc.bye", call)).toMatchObject({ cause: "USER_BUSY", sipCode: 486 });
  expect(await receiver.payload("call.hangup", agent.leg)).toMatchObject({ hangup_cause: "user_busy" });
});

test("an agent who gives up a parked call leaves nothing to command", async ({ telnyx, parked, receiver }) => {
  const call = await parked.dials(ECHO);
  const agent = await announced(receiver, ECHO);
  await parked.hangsUp(call);
  expect(await receiver.payload("call.hangup", agent.leg)).toMatchObject({ hangup_cause: "originator_cancel" });
  expect(await refusal(telnyx.calls.actions.answer(agent.control, {}))).toBe("422 90018");
});

test("an emergency call is not parked", async ({ parked, receiver }) => {
  await parked.dials("911");
  const [{ body }] = await receiver.hears("call.initiated");
  expect(body.data.payload["state"]).toBe("bridging");
});

plain("without parking a call of the SDK takes no command, unless the switch says so", async ({
  telnyx,
  agent,
  receiver,
  control,
}) => {
  const call = await agent.dials(WAITS);
  const leg = await announced(receiver, WAITS);
  expect(await receiver.payload("call.initiated", leg.leg)).toMatchObject({ state: "bridging" });
  expect(await refusal(telnyx.calls.actions.hangup(leg.control, {}))).toBe("422 90015 /call_control_id");
  expect((await control.leg(call)).state).not.toBe("ended");
  // It can be looked at, though.
  expect((await telnyx.calls.retrieveStatus(leg.control)).data?.is_alive).toBe(true);
  await control.switches({ sdk_leg_commands: "accepted" });
  await telnyx.calls.actions.hangup(leg.control, {});
  await agent.hears("telnyx_rtc.bye", call);
  await receiver.hears("call.hangup", 1, leg.leg);
});

plain("a browser is called by its SIP name, if its connection allows it", async ({ telnyx, gateway, running, receiver, calls }) => {
  const login = await token(telnyx, running);
  const { data } = await telnyx.telephonyCredentials.list({ sort: "created_at" } as object);
  const user = data.at(-1)?.sip_username ?? "";
  const browser = await gateway();
  await browser.signsIn(login);
  const id = running.variable("TONO_CONNECTION_ID");
  const to = `sip:${user}@sip.telnyx.com`;

  await telnyx.credentialConnections.update(id, { sip_uri_calling_preference: "internal" });
  const rings = await calls.dials(to, { client_state: "dG9ubw==", from_display_name: "Ada" });
  expect(await browser.hears("telnyx_rtc.invite", rings.leg)).toMatchObject({
    telnyx_call_control_id: rings.control,
    telnyx_session_id: rings.session,
    caller_id_name: "Ada",
    client_state: "dG9ubw==",
    sdp: expect.stringContaining("PCMU/8000"),
  });
  await telnyx.calls.actions.hangup(rings.control, {});
  expect(await browser.hears("telnyx_rtc.bye", rings.leg)).toMatchObject({ cause: "ORIGINATOR_CANCEL" });

  await telnyx.credentialConnections.update(id, { sip_uri_calling_preference: "disabled" });
  const refused = await calls.dials(to);
  expect(await receiver.payload("call.hangup", refused.leg)).toMatchObject({ hangup_cause: "call_rejected" });
});

plain("a call of the SDK without parking reaches whom it dials", async ({ agent, receiver }) => {
  const call = await agent.dials(BUSY);
  expect(await agent.hears("telnyx_rtc.bye", call)).toMatchObject({ cause: "USER_BUSY" });
  await receiver.hears("call.hangup");
});
