import { BUSY, ECHO, OURS, TONE, WAITS, refusal } from "./fixtures/calls.ts";
import { client, expect, test } from "./fixtures/test.ts";

const DONE = { data: { result: "ok" } };

test("two bridged calls hear each other, each is told, and they end together", async ({ telnyx, calls, control, receiver }) => {
  const tone = await calls.reaches(TONE);
  const echo = await calls.reaches(ECHO);
  await calls.says(tone, 440);
  await calls.says(echo, null);
  const bridge = { call_control_id_to_bridge_with: echo.control };
  expect(await telnyx.calls.actions.bridge(tone.control, bridge)).toEqual(DONE);
  for (const { leg, session } of [tone, echo]) {
    expect(await receiver.payload("call.bridged", leg)).toMatchObject({ call_session_id: session });
  }
  // What it hears comes back half a second later.
  await calls.says(echo, 440);
  await control.hangsUp(echo.leg);
  expect(await receiver.payload("call.hangup", tone.leg)).toMatchObject({ hangup_cause: "normal_clearing" });
});

test("a call that has not been answered, is over or is nobody's cannot be bridged", async ({ telnyx, calls, control }) => {
  const rings = await calls.dials(WAITS);
  const tone = await calls.reaches(TONE);
  const bridges = (one: string, other: string) =>
    refusal(telnyx.calls.actions.bridge(one, { call_control_id_to_bridge_with: other }));
  expect(await bridges(tone.control, rings.control)).toBe("422 90034");
  expect(await bridges(rings.control, tone.control)).toBe("422 90034");
  expect(await bridges(tone.control, tone.control)).toBe("422 90015 /call_control_id");
  expect(await bridges(tone.control, "v3:nobody")).toBe("422 90015 /call_control_id");
  expect(await bridges(tone.control, "")).toBe("422 10004 /call_control_id");
  await control.hangsUp(rings.leg);
  expect(await bridges(tone.control, rings.control)).toBe("422 90018");
  expect((await control.leg(tone.leg)).state).toBe("answered");
});

test("a bridge that fails for a moment succeeds when it is tried again", async ({ telnyx, calls, control, running }) => {
  const [one, other] = [await calls.reaches(TONE), await calls.reaches(ECHO)];
  const bridge = { call_control_id_to_bridge_with: other.control, command_id: "7d9a" };
  await control.switches({ bridge_fails: 1 });
  // The client itself does not try a 422 again.
  const patient = client(running, { maxRetries: 2 });
  expect(await refusal(patient.calls.actions.bridge(one.control, bridge))).toBe("422 90034");
  expect(await telnyx.calls.actions.bridge(one.control, bridge)).toEqual(DONE);
  await calls.says(other, 440);
});

test("a call that parks after its bridge goes on without its partner", async ({ telnyx, calls, receiver }) => {
  const [tone, echo] = [await calls.reaches(TONE), await calls.reaches(ECHO)];
  const bridge = { call_control_id_to_bridge_with: tone.control, park_after_unbridge: "self" };
  await telnyx.calls.actions.bridge(echo.control, bridge);
  await calls.says(echo, 440);
  await telnyx.calls.actions.hangup(tone.control, {});
  await receiver.hears("call.hangup", 1, tone.leg);
  await calls.says(echo, null);
  expect((await telnyx.calls.retrieveStatus(echo.control)).data?.is_alive).toBe(true);
  const next = await calls.reaches(TONE);
  await telnyx.calls.actions.bridge(echo.control, { call_control_id_to_bridge_with: next.control });
  await calls.says(echo, 440);
});

test("a call that is bridged anew leaves its old partner, who is over", async ({ telnyx, calls, receiver }) => {
  const [tone, old, next] = [await calls.reaches(TONE), await calls.reaches(ECHO), await calls.reaches(ECHO)];
  await telnyx.calls.actions.bridge(tone.control, { call_control_id_to_bridge_with: old.control });
  await calls.says(old, 440);
  const again = { call_control_id_to_bridge_with: old.control, prevent_double_bridge: true };
  expect(await refusal(telnyx.calls.actions.bridge(next.control, again))).toBe("422 10015 /call_control_id");
  await telnyx.calls.actions.bridge(tone.control, { call_control_id_to_bridge_with: next.control });
  await calls.says(next, 440);
  expect(await receiver.payload("call.hangup", old.leg)).toMatchObject({ hangup_cause: "normal_clearing" });
});

test("a call that comes in is transferred: somebody is dialled for it, and joins when they answer", async ({
  telnyx,
  calls,
  control,
  receiver,
}) => {
  const caller = await calls.comesFrom(TONE);
  await telnyx.calls.actions.answer(caller.control, {});
  const transfer = { to: ECHO, target_leg_client_state: "bmV3", timeout_secs: 20 };
  expect(await telnyx.calls.actions.transfer(caller.control, transfer)).toEqual(DONE);
  await receiver.hears("call.initiated", 2);
  const initiated = receiver.of("call.initiated").find(({ body }) => body.data.payload["call_leg_id"] !== caller.leg);
  expect(initiated?.body.data.payload).toMatchObject({
    call_session_id: caller.session,
    connection_id: calls.application,
    // Whom the caller called.
    from: "+12025550143",
    to: ECHO,
    direction: "outgoing",
    client_state: "bmV3",
  });
  const leg = String(initiated?.body.data.payload["call_leg_id"]);
  await control.advances(1.5);
  await receiver.hears("call.bridged", 1, leg);
  await receiver.hears("call.bridged", 1, caller.leg);
  expect(receiver.types(leg)).toEqual(["call.initiated", "call.answered", "call.bridged"]);
  await calls.says({ ...caller, leg }, 440);
  await control.hangsUp(leg);
  await receiver.hears("call.hangup", 1, caller.leg);
});

test("a transfer of a bridged call ends its old partner; one that comes to nothing does not", async ({
  telnyx,
  calls,
  control,
  receiver,
}) => {
  const [tone, old] = [await calls.reaches(TONE), await calls.reaches(ECHO)];
  await telnyx.calls.actions.bridge(tone.control, { call_control_id_to_bridge_with: old.control });
  await telnyx.calls.actions.transfer(tone.control, { to: BUSY });
  await control.advances(1);
  const [{ body }] = await receiver.hears("call.hangup");
  expect(body.data.payload).toMatchObject({ to: BUSY, hangup_cause: "user_busy", call_session_id: tone.session });
  expect(receiver.of("call.hangup", old.leg)).toEqual([]);
  await calls.says(old, 440);

  await telnyx.calls.actions.transfer(tone.control, { to: ECHO, from: OURS });
  await control.advances(1.5);
  await receiver.hears("call.hangup", 1, old.leg);
  expect((await telnyx.calls.retrieveStatus(tone.control)).data?.is_alive).toBe(true);
  const wrong = telnyx.calls.actions.transfer(tone.control, { to: "nobody" });
  expect(await refusal(wrong)).toBe("422 10016 /to");
});

test("a call dialled for another one shares its session, and joins it when it answers", async ({
  telnyx,
  calls,
  control,
  receiver,
}) => {
  const caller = await calls.comesFrom(TONE);
  await telnyx.calls.actions.answer(caller.control, {});
  const wishes = { link_to: caller.control, bridge_intent: true, bridge_on_answer: true };
  const echo = await calls.dials(ECHO, wishes);
  expect(echo.session).toBe(caller.session);
  expect(echo.leg).not.toBe(caller.leg);
  expect(await receiver.payload("call.initiated", echo.leg)).toMatchObject({
    call_session_id: caller.session,
    // That of the linked call, as documented of `bridge_intent`.
    from: TONE,
  });
  expect(receiver.of("call.bridged")).toEqual([]);
  await control.advances(1.5);
  await receiver.hears("call.bridged", 1, echo.leg);
  await receiver.hears("call.bridged", 1, caller.leg);
  await calls.says(echo, 440);
});

test("a call that is linked and no more is not joined; one that is refused leaves the other alone", async ({
  telnyx,
  calls,
  control,
  receiver,
}) => {
  const tone = await calls.reaches(TONE);
  const linked = await calls.reaches(ECHO, { link_to: tone.control });
  expect(linked.session).toBe(tone.session);
  const busy = await calls.dials(BUSY, { link_to: tone.control, bridge_on_answer: true });
  await control.advances(1);
  await receiver.hears("call.hangup", 1, busy.leg);
  expect(receiver.of("call.bridged")).toEqual([]);
  expect(receiver.of("call.hangup", tone.leg)).toEqual([]);
  expect((await telnyx.calls.retrieveStatus(tone.control)).data?.is_alive).toBe(true);
  expect(await refusal(calls.dials(ECHO, { link_to: busy.control }))).toBe("422 90018");
});
