import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, test } from "../fixtures/gateway.ts";

test("a call that comes in rings, is answered, and each side hears the other", async ({ agent, lab, farEnd }) => {
  const { call_id, call_control_id, call_session_id, call_leg_id } = await lab.callsAgent("+12025550107");
  const call = await agent.rings();
  expect(call.id).toBe(call_id);
  await call.goesThrough("new", "ringing");
  expect(await call.update()).toMatchObject({
    direction: "inbound",
    ids: { telnyxCallControlId: call_control_id, telnyxSessionId: call_session_id, telnyxLegId: call_leg_id },
  });
  expect(await call.does(({ options }) => options.remoteCallerNumber)).toBe("+12025550107");

  await call.answers();

  await call.goesThrough("new", "ringing", "answering", "active");
  await farEnd.knows(call, { state: "answered" });
  await agent.hears(440);
  await farEnd.hears(call, BEEP_HZ);
  await call.hangsUp();
  await farEnd.knows(call, { state: "ended", hangup_cause: "normal_clearing", hangup_source: "callee" });
  await farEnd.wrote("← invite", "ok invite →", "answer →", "← ok answer", "bye →", "← ok bye");
  await farEnd.sentWebhooks(call, "call.initiated", "call.answered", "call.bridged", "call.hangup");
});

test("a call that is declined is busy to who calls", async ({ agent, lab, farEnd }) => {
  await lab.callsAgent("+12025550107");
  const call = await agent.rings();

  await call.hangsUp();

  await call.goesThrough("new", "ringing", "hangup", "destroy");
  expect(await call.update()).toMatchObject({ cause: "USER_BUSY", causeCode: 17 });
  await farEnd.knows(call, { state: "ended", hangup_cause: "user_busy", sip_code: 486 });
  await farEnd.wrote("← invite", "ok invite →", "bye →", "← ok bye");
});

test("who calls gives up", async ({ agent, lab, farEnd }) => {
  await lab.callsAgent("+12025550107");
  const call = await agent.rings();

  await lab.hangsUp();

  await call.goesThrough("new", "ringing", "hangup", "destroy");
  expect(await call.update()).toMatchObject({
    cause: "ORIGINATOR_CANCEL",
    causeCode: 487,
    sipCode: 487,
    sipReason: "Request Terminated",
  });
  await farEnd.knows(call, { state: "ended", hangup_cause: "originator_cancel", hangup_source: "caller" });
  await farEnd.wrote("← invite", "ok invite →", "← bye", "ok bye →");
});

test("who calls hangs up after the answer", async ({ agent, lab, farEnd }) => {
  await lab.callsAgent("+12025550107");
  const call = await agent.rings();
  await call.answers();
  await call.goesThrough("new", "ringing", "answering", "active");

  await lab.hangsUp();

  await call.goesThrough("new", "ringing", "answering", "active", "hangup", "destroy");
  expect(await call.update()).toMatchObject({ cause: "NORMAL_CLEARING", sipCode: 200 });
  await farEnd.knows(call, { state: "ended", hangup_source: "caller" });
});

test("nobody takes the call", async ({ agent, lab, farEnd }) => {
  await lab.callsAgent("+12025550107");
  const call = await agent.rings();

  await lab.waits(30);

  await call.goesThrough("new", "ringing", "hangup", "destroy");
  await farEnd.knows(call, { state: "ended" });
});

test("what a command of the API says of a call comes with it", async ({ agent, account, user }) => {
  const { data: applications } = (await account.asks("GET", "call_control_applications")) as { data: { id: string }[] };
  await account.asks("POST", "calls", {
    connection_id: applications[0]?.id,
    to: `sip:${user.name}@sip.telnyx.com`,
    from: "+12025550143",
    from_display_name: "Desk",
    client_state: "b3JkZXI=",
    custom_headers: [{ name: "X-Order", value: "7" }],
  });
  const call = await agent.rings();
  const told = await call.does(({ options: { remoteCallerName, remoteCallerNumber, customHeaders, clientState } }) => ({
    remoteCallerName,
    remoteCallerNumber,
    customHeaders,
    clientState,
  }));
  expect(told).toEqual({
    remoteCallerName: "Desk",
    remoteCallerNumber: "+12025550143",
    customHeaders: [{ name: "X-Order", value: "7" }],
    clientState: "b3JkZXI=",
  });
});
