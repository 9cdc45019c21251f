import { expect, test } from "../fixtures/gateway.ts";

const TALKING = ["new", "requesting", "trying", "active"];
const TALK = ["invite →", "← ok invite", "← ringing", "ok ringing →", "← answer", "ok answer →"];

test("the browser hangs up: normal clearing, by the caller", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough(...TALKING);

  await call.hangsUp();

  await call.goesThrough(...TALKING, "hangup", "destroy");
  expect(await call.update()).toMatchObject({ cause: "NORMAL_CLEARING", causeCode: 16, sipCode: null });
  await farEnd.knows(call, { state: "ended", hangup_cause: "normal_clearing", hangup_source: "caller" });
  await farEnd.wrote(...TALK, "bye →", "← ok bye");
  await farEnd.sentWebhooks(call, "call.initiated", "call.answered", "call.bridged", "call.hangup");
});

test("the far end hangs up: the SDK has its cause and SIP code", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough(...TALKING);

  await lab.hangsUp();

  await call.goesThrough(...TALKING, "hangup", "destroy");
  expect(await call.update()).toMatchObject({
    cause: "NORMAL_CLEARING",
    causeCode: 16,
    sipCode: 200,
    sipReason: "OK",
  });
  await farEnd.knows(call, { state: "ended", hangup_cause: "normal_clearing", hangup_source: "callee" });
  await farEnd.wrote(...TALK, "← bye", "ok bye →");
});

test("the caller cancels while it rings: the SDK calls that busy, the network does not", async ({ agent, farEnd }) => {
  const call = await agent.dials("+12025550103");
  await call.isTold("ringing");

  await call.hangsUp();

  await call.goesThrough("new", "requesting", "trying", "hangup", "destroy");
  expect(await call.update()).toMatchObject({ cause: "USER_BUSY", causeCode: 17 });
  await farEnd.knows(call, { state: "ended", hangup_cause: "originator_cancel", sip_code: 487 });
  await farEnd.wrote("invite →", "← ok invite", "← ringing", "ok ringing →", "bye →", "← ok bye");
});

test("a call hung up before it was asked for is never made, and the SDK ends it twice", async ({
  agent,
  lab,
  farEnd,
}) => {
  // The browser takes its time to let the page have the microphone, so that the call is over first.
  await agent.page.evaluate(() => {
    const devices = navigator.mediaDevices;
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (wish) => {
      await new Promise((allowed) => window.addEventListener("allowed", allowed, { once: true }));
      return ask(wish);
    };
  });
  const call = await agent.dials("+12025550107");
  await call.hangsUp();
  await call.goesThrough("new", "hangup", "destroy");
  await farEnd.wrote("bye →", "← ok bye");

  await agent.page.evaluate(() => window.dispatchEvent(new Event("allowed")));

  await call.goesThrough("new", "hangup", "destroy", "hangup", "destroy");
  expect(await agent.errors()).toEqual([44005]);
  expect(await lab.calls()).toEqual([]);
  await farEnd.wrote("bye →", "← ok bye");
});

test("a page that goes away hangs up", async ({ agent, farEnd, lab }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough(...TALKING);
  await agent.page.close({ runBeforeUnload: true });
  await farEnd.knows(call, { state: "ended", hangup_cause: "normal_clearing", hangup_source: "caller" });
});

test("a far end that says twice that it is over is believed once", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550128");
  await call.isTold("ringing");
  await lab.waits(2);
  await call.goesThrough(...TALKING);

  await lab.hangsUp();

  // The SDK knows the call no more, so it says nothing to the second one.
  await farEnd.wrote(...TALK, "← bye", "ok bye →", "← bye");
  await call.goesThrough(...TALKING, "hangup", "destroy");
  expect(await agent.errors()).toEqual([]);
});

test("a far end that hangs up while it rings", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550117");
  await call.isTold("ringing");
  await lab.waits(3);
  await call.goesThrough("new", "requesting", "trying", "hangup", "destroy");
  expect(await call.update()).toMatchObject({ cause: "NORMAL_CLEARING", causeCode: 16, sipCode: 480 });
  await farEnd.knows(call, { state: "ended", hangup_cause: "normal_clearing", hangup_source: "callee" });
});
