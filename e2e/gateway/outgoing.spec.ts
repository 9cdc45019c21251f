import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, test } from "../fixtures/gateway.ts";

test("a call goes from new to active in order, and each side hears the other", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await call.goesThrough("new", "requesting", "trying");
  await farEnd.knows(call, { state: "ringing" });

  await lab.answers();
  await call.goesThrough("new", "requesting", "trying", "active");
  await farEnd.knows(call, { state: "answered", from: "+12025550142", to: "+12025550108" });
  await agent.hears(440);
  await farEnd.hears(call, BEEP_HZ);

  await farEnd.wrote("invite →", "← ok invite", "← ringing", "ok ringing →", "← answer", "ok answer →");
  expect(await agent.errors()).toEqual([]);
  // With no server to ask there are only addresses of this machine, which the SDK finds worth a warning.
  expect(await agent.warnings()).toEqual([33005]);
});

test("the SDK, the lab and the webhooks have the same ids for a call", async ({ agent, lab, farEnd, account }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough("new", "requesting", "trying", "active");

  const { call_control_id, call_session_id, call_leg_id } = await lab.callOf(call);
  const { ids } = await call.update();
  expect(ids).toEqual({
    telnyxCallControlId: call_control_id,
    telnyxSessionId: call_session_id,
    telnyxLegId: call_leg_id,
  });
  await farEnd.sentWebhooks(call, "call.initiated", "call.answered", "call.bridged");
  for (const type of ["call.initiated", "call.answered", "call.bridged"]) {
    const connection_id = account.connection;
    expect(await lab.webhook(call, type)).toMatchObject({ call_control_id, call_session_id, call_leg_id, connection_id });
  }
});

test("the client state and the custom headers of a call reach its webhooks", async ({ agent, lab, farEnd }) => {
  const clientState = Buffer.from("order 7").toString("base64");
  const customHeaders = [
    { name: "X-Tono", value: "7" },
    { name: "X-Colour", value: "grün" },
  ];
  const call = await agent.dials("+12025550108", { clientState, customHeaders });
  await call.isTold("ringing");
  await lab.answers();
  await farEnd.sentWebhooks(call, "call.initiated", "call.answered", "call.bridged");
  await farEnd.knows(call, { client_state: clientState, custom_headers: customHeaders });
  for (const type of ["call.initiated", "call.answered"]) {
    expect(await lab.webhook(call, type)).toMatchObject({ client_state: clientState, custom_headers: customHeaders });
  }
});

test("a far end that rings long is waited for", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550110");
  await call.isTold("ringing");
  await lab.waits(19);
  await farEnd.knows(call, { state: "ringing" });
  expect((await call.update()).state).toBe("trying");
  await lab.waits(2);
  await call.goesThrough("new", "requesting", "trying", "active");
});

test("a far end that is slow to ring is waited for", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550112");
  await call.goesThrough("new", "requesting", "trying");
  await lab.waits(9);
  await farEnd.wrote("invite →", "← ok invite");
  await lab.waits(1);
  await call.isTold("ringing");
  await lab.waits(2);
  await call.goesThrough("new", "requesting", "trying", "active");
});

test("two calls of one page are two calls", async ({ agent, lab, farEnd }) => {
  const first = await agent.dials("+12025550108");
  await first.isTold("ringing");
  await lab.answers();
  const second = await agent.dials("+12025550108");
  await second.isTold("ringing");
  await lab.answers();
  await second.goesThrough("new", "requesting", "trying", "active");

  await first.hangsUp();
  await first.goesThrough("new", "requesting", "trying", "active", "hangup", "destroy");
  await farEnd.knows(first, { state: "ended" });
  await farEnd.knows(second, { state: "answered" });
  expect((await second.update()).state).toBe("active");
});
