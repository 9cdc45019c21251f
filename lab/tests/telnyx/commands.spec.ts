import { NotFoundError } from "telnyx";

import { BUSY, TONE, WAITS, refusal } from "./fixtures/calls.ts";
import { client, expect, test } from "./fixtures/test.ts";

const DONE = { data: { result: "ok" } };

test("a call that comes in waits until it is answered by command", async ({ telnyx, calls, control, receiver }) => {
  const { actions } = telnyx.calls;
  const { control: id, leg } = await calls.comesFrom(TONE);
  expect(await receiver.payload("call.initiated", leg)).toMatchObject({
    direction: "incoming",
    state: "parked",
    from: TONE,
    client_state: null,
    connection_id: calls.application,
  });
  expect(await refusal(actions.speak(id, { payload: "Hello", voice: "female" }))).toBe("422 90034");
  expect(await refusal(actions.startRecording(id, { format: "wav", channels: "dual" }))).toBe("422 90020");

  expect(await actions.answer(id, { client_state: "dG9ubw==" })).toEqual(DONE);
  expect(await receiver.payload("call.answered", leg)).toMatchObject({ client_state: "dG9ubw==", codec: "PCMU" });
  await control.hangsUp(leg);
  expect(await receiver.payload("call.hangup", leg)).toMatchObject({ hangup_source: "caller", client_state: "dG9ubw==" });
});

test("a call that was dialled is not answered by command, nor rejected", async ({ telnyx, calls }) => {
  const rings = await calls.dials(WAITS);
  expect(await refusal(telnyx.calls.actions.answer(rings.control, {}))).toBe("422 90102");
  expect(await refusal(telnyx.calls.actions.reject(rings.control, { cause: "USER_BUSY" }))).toBe("422 90102");
});

test("a call that comes in is rejected for either reason", async ({ telnyx, calls, receiver }) => {
  for (const [cause, hangup_cause, sip_hangup_cause] of [
    ["USER_BUSY", "user_busy", "486"],
    ["CALL_REJECTED", "call_rejected", "603"],
  ] as const) {
    const { control, leg } = await calls.comesFrom(TONE);
    expect(await telnyx.calls.actions.reject(control, { cause })).toEqual(DONE);
    expect(await receiver.payload("call.hangup", leg)).toMatchObject({ hangup_cause, sip_hangup_cause });
  }
  const { control } = await calls.comesFrom(TONE);
  const wrong = telnyx.calls.actions.reject(control, { cause: "BORED" as "USER_BUSY" });
  expect(await refusal(wrong)).toBe("422 10032 /cause");
  const none = telnyx.calls.actions.reject(control, {} as { cause: "USER_BUSY" });
  expect(await refusal(none)).toBe("422 10004 /cause");
});

test("a call is hung up, and takes no command afterwards", async ({ telnyx, calls, receiver, control }) => {
  const { actions } = telnyx.calls;
  const { control: id, leg } = await calls.reaches(TONE);
  expect(await actions.hangup(id, { client_state: "Ynll" })).toEqual(DONE);
  expect(await receiver.payload("call.hangup", leg)).toMatchObject({
    hangup_cause: "normal_clearing",
    client_state: "Ynll",
  });
  for (const late of [
    () => actions.hangup(id, {}),
    () => actions.speak(id, { payload: "Hello", voice: "female" }),
    () => actions.sendDtmf(id, { digits: "1" }),
    () => actions.updateClientState(id, { client_state: "dG9v" }),
  ]) {
    expect(await refusal(late())).toBe("422 90018");
  }
  expect(await refusal(actions.hangup("v3:nobody", {}))).toBe("422 90015 /call_control_id");

  const rings = await calls.dials(WAITS);
  await control.switches({ rest_hangup_source: "unknown" });
  await actions.hangup(rings.control, {});
  expect(await receiver.payload("call.hangup", rings.leg)).toMatchObject({
    hangup_cause: "originator_cancel",
    hangup_source: "unknown",
  });
});

test("a command is for one call only, and has to exist", async ({ running, calls }) => {
  const { control } = await calls.dials(WAITS);
  const telnyx = client(running);
  await expect(telnyx.post(`/calls/${control}/actions/levitate`, { body: {} })).rejects.toBeInstanceOf(NotFoundError);
});

test("a call's client state can be changed, from the next webhook on", async ({ telnyx, calls, control, receiver }) => {
  const { control: id, leg } = await calls.dials(TONE, { client_state: "b25l" });
  expect(await telnyx.calls.actions.updateClientState(id, { client_state: "dHdv" })).toEqual(DONE);
  await control.advances(1.5);
  expect(await receiver.payload("call.initiated", leg)).toMatchObject({ client_state: "b25l" });
  expect(await receiver.payload("call.answered", leg)).toMatchObject({ client_state: "dHdv" });
  const refused = telnyx.calls.actions.updateClientState(id, { client_state: "two!" });
  expect(await refusal(refused)).toBe("422 90017 /client_state");
  expect((await telnyx.calls.retrieveStatus(id)).data?.client_state).toBe("dHdv");
});

test("keys are pressed for the far end to hear", async ({ telnyx, calls, control }) => {
  const { control: id, leg } = await calls.reaches(TONE);
  expect(await telnyx.calls.actions.sendDtmf(id, { digits: "1w2W#", duration_millis: 100 })).toEqual(DONE);
  expect((await control.leg(leg)).dtmf_played).toBe("12#");
  expect(await refusal(telnyx.calls.actions.sendDtmf(id, { digits: "1,2" }))).toBe("422 90014 /digits");
  const long = telnyx.calls.actions.sendDtmf(id, { digits: "1", duration_millis: 501 });
  expect(await refusal(long)).toBe("422 10033 /duration_millis");
  expect((await control.leg(leg)).dtmf_played).toBe("12#");

  const later = await calls.reaches(TONE, { send_digits_on_answer: "42" });
  expect((await control.leg(later.leg)).dtmf_played).toBe("42");
});

test("a repeated command is ignored for a minute, by its own call only", async ({ telnyx, calls, control }) => {
  const one = await calls.reaches(TONE);
  const other = await calls.reaches(TONE);
  const press = (id: string) => telnyx.calls.actions.sendDtmf(id, { digits: "1", command_id: "3f0a" });
  const pressed = async () => [(await control.leg(one.leg)).dtmf_played, (await control.leg(other.leg)).dtmf_played];
  await press(one.control);
  await control.advances(50);
  expect(await press(one.control)).toEqual(DONE);
  expect(await press(other.control)).toEqual(DONE);
  expect(await pressed()).toEqual(["1", "1"]);
  await control.advances(11);
  await press(one.control);
  expect(await pressed()).toEqual(["11", "1"]);
});

test("the keys that a far end presses are collected", async ({ telnyx, calls, control, receiver }) => {
  const { control: id, leg } = await calls.reaches(TONE);
  const gathers = async (wish: object, press: string) => {
    await telnyx.calls.actions.gather(id, wish);
    receiver.forget();
    if (press !== "") await control.presses(leg, press);
  };
  const result = async () => {
    const { digits, status } = await receiver.payload("call.gather.ended", leg);
    return { digits, status };
  };
  await gathers({ maximum_digits: 2 }, "42");
  expect(await result()).toEqual({ digits: "42", status: "valid" });
  const keys = await receiver.hears("call.dtmf.received", 2, leg);
  expect(keys.map(({ body }) => body.data.payload["digit"]).toSorted()).toEqual(["2", "4"]);

  await gathers({ terminating_digit: "*" }, "7*");
  expect(await result()).toEqual({ digits: "7", status: "valid" });
  await gathers({ valid_digits: "123", minimum_digits: 1, maximum_digits: 1 }, "9");
  expect(await result()).toEqual({ digits: "9", status: "invalid" });

  await gathers({ initial_timeout_millis: 4000 }, "");
  await control.advances(2);
  expect(receiver.of("call.gather.ended", leg)).toEqual([]);
  await control.advances(2);
  expect(await result()).toEqual({ digits: "", status: "timeout" });

  await gathers({ inter_digit_timeout_millis: 2000 }, "5");
  await control.advances(2);
  expect(await result()).toEqual({ digits: "5", status: "valid" });

  await gathers({}, "8");
  await telnyx.calls.actions.stopGather(id, {});
  expect(await result()).toEqual({ digits: "8", status: "cancelled" });

  await gathers({}, "6");
  await control.hangsUp(leg);
  expect(await result()).toEqual({ digits: "6", status: "call_hangup" });
});

test("whether a machine answered is found out when asked for", async ({ calls, control, receiver }) => {
  for (const [number, result] of [
    ["+12025550127", "machine"],
    [TONE, "human"],
  ] as const) {
    const { leg } = await calls.reaches(number, { answering_machine_detection: "detect" });
    await control.advances(3);
    expect(await receiver.payload("call.machine.detection.ended", leg)).toMatchObject({ result });
  }
});

test("what a call cost is told when the application wants it", async ({ telnyx, calls, control, receiver }) => {
  const both = { application_name: "Tono", webhook_event_url: receiver.url() };
  await telnyx.callControlApplications.update(calls.application, { ...both, call_cost_in_webhooks: true });
  const answered = await calls.reaches(TONE);
  const busy = await calls.dials(BUSY);
  await control.advances(61);
  await control.hangsUp(answered.leg);
  await control.advances(1);
  expect(await receiver.payload("call.cost", answered.leg)).toMatchObject({
    status: "success",
    billed_duration_secs: 120,
    total_cost: "0.0140",
  });
  expect(await receiver.payload("call.cost", busy.leg)).toMatchObject({ billed_duration_secs: 0 });
});
