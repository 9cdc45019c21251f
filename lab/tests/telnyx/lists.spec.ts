import { NotFoundError } from "telnyx";

import { BUSY, OURS, TONE, WAITS } from "./fixtures/calls.ts";
import { expect, test } from "./fixtures/test.ts";

test("the calls of an application that are not over are listed, however many pages they take", async ({ telnyx, calls }) => {
  const first = await calls.dials(WAITS, { client_state: "dG9ubw==" });
  const others = [await calls.dials(WAITS), await calls.dials(WAITS)];
  const listed = async () => {
    const legs: string[] = [];
    for await (const call of telnyx.connections.listActiveCalls(calls.application, { "page[size]": 2 })) {
      legs.push(call.call_leg_id);
      // A list that never ends is a failure, not a wait.
      if (legs.length > 9) break;
    }
    return legs;
  };
  expect(await listed()).toEqual([first.leg, ...others.map(({ leg }) => leg)]);

  const { data } = await telnyx.connections.listActiveCalls(calls.application);
  expect(data[0]).toEqual({
    record_type: "call",
    call_control_id: first.control,
    call_leg_id: first.leg,
    call_session_id: first.session,
    client_state: "dG9ubw==",
    call_duration: 0,
  });
  await telnyx.calls.actions.hangup(first.control, {});
  expect(await listed()).toEqual(others.map(({ leg }) => leg));
});

test("active calls can be had after and before one of them, as Telnyx documents it", async ({ telnyx, calls }) => {
  const legs = [await calls.dials(WAITS), await calls.dials(WAITS), await calls.dials(WAITS)].map(({ leg }) => leg);
  const page = async (query: object) => {
    const { data, meta } = await telnyx.connections.listActiveCalls(calls.application, query);
    return { legs: data.map(({ call_leg_id }) => call_leg_id), meta };
  };
  expect(await page({ "page[limit]": 2 })).toMatchObject({
    legs: legs.slice(0, 2),
    meta: { cursors: { after: legs[1], before: legs[0] }, total_items: 3 },
  });
  expect((await page({ "page[limit]": 2, "page[after]": legs[1] })).legs).toEqual(legs.slice(2));
  expect((await page({ "page[limit]": 2, "page[before]": legs[2] })).legs).toEqual(legs.slice(0, 2));
});

test("active calls of the SDK are its connection's, and nothing has none", async ({ telnyx, agent, running, receiver, calls }) => {
  await agent.dials(WAITS);
  const [{ body }] = await receiver.hears("call.initiated");
  const { data } = await telnyx.connections.listActiveCalls(running.variable("TONO_CONNECTION_ID"));
  expect(data.map((call) => call.call_leg_id)).toEqual([body.data.payload["call_leg_id"]]);
  expect((await telnyx.connections.listActiveCalls(calls.application)).data).toEqual([]);
  await expect(telnyx.connections.listActiveCalls("7")).rejects.toBeInstanceOf(NotFoundError);
});

test("what was asked and told of a call can be read again, in the order it happened", async ({ telnyx, calls, control, receiver }) => {
  const busy = await calls.dials(BUSY);
  const answered = await calls.reaches(TONE);
  await telnyx.calls.actions.sendDtmf(answered.control, { digits: "1" });
  await telnyx.calls.actions.hangup(answered.control, {});
  const names = async (filter: object) => {
    const { data } = await telnyx.callEvents.list({ filter });
    return data.map(({ type, name }) => `${type} ${name}`);
  };
  const all = [
    "webhook call.initiated",
    "command dial",
    "webhook call.answered",
    "command send_dtmf",
    "command hangup",
    "webhook call.hangup",
  ];
  expect(await names({ leg_id: answered.leg })).toEqual(all);
  expect(await names({ application_session_id: answered.session })).toEqual(all);
  expect(await names({ leg_id: answered.leg, type: "command" })).toEqual(all.filter((name) => name.startsWith("command")));
  expect(await names({ name: "call.hangup", to: BUSY })).toEqual(["webhook call.hangup"]);
  expect(await names({ connection_id: calls.application, from: OURS, name: "dial" })).toHaveLength(2);
  expect(await names({ from: BUSY })).toEqual([]);

  const filter = { leg_id: busy.leg, name: "call.hangup" };
  const [event] = (await telnyx.callEvents.list({ filter })).data;
  const [{ body }] = await receiver.hears("call.hangup", 1, busy.leg);
  expect(event).toMatchObject({
    record_type: "call_event",
    call_leg_id: busy.leg,
    call_session_id: busy.session,
    event_timestamp: body.data.occurred_at,
    metadata: { event_id: body.data.id, payload: body.data.payload },
  });

  await control.advances(25 * 60 * 60);
  expect(await names({ to: BUSY })).toEqual([]);
  expect(await names({ leg_id: busy.leg })).toHaveLength(3);
});

test("call events come in pages", async ({ telnyx, calls }) => {
  await calls.dials(WAITS);
  await calls.dials(WAITS);
  const names: string[] = [];
  for await (const event of telnyx.callEvents.list({ "page[size]": 3 })) names.push(event.name);
  expect(names.toSorted()).toEqual(["call.initiated", "call.initiated", "dial", "dial"]);
});
