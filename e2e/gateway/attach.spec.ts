import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, test } from "../fixtures/gateway.ts";

const TALKING = ["new", "requesting", "trying", "active"];

test("after a dropped socket the call is attached again, and both hear each other", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough(...TALKING);

  await lab.dropsSockets();

  await agent.isReady(2);
  await call.goesThrough(...TALKING, "recovering", "recovering", "active");
  expect(await call.update()).toMatchObject({ direction: "inbound", recovers: call.id });
  await agent.hears(440);
  await farEnd.hears(call, BEEP_HZ);
  await call.hangsUp();
  await farEnd.knows(call, { state: "ended", hangup_source: "caller" });
});

test("a call on hold is attached again on hold, and taken off it as ever", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough(...TALKING);
  await call.does((call) => call.hold());
  await farEnd.knows(call, { state: "held" });

  await lab.dropsSockets();

  await agent.isReady(2);
  await call.goesThrough(...TALKING, "held", "recovering", "recovering", "held");
  await farEnd.knows(call, { state: "held" });
  await agent.hearsNothing();
  expect(await call.does((call) => call.unhold())).toBe(true);
  await agent.hears(440);
  await farEnd.hears(call, BEEP_HZ);
});

test("after a reload the call is attached to the new page", async ({ sdk, lab, farEnd, user }) => {
  const options = { login_token: user.token, hangupOnBeforeUnload: false };
  await sdk.connects(options);
  await sdk.isReady();
  const before = await sdk.dials("+12025550108");
  await before.isTold("ringing");
  await lab.answers();
  await before.goesThrough(...TALKING);

  await sdk.opens();
  await sdk.connects(options);

  const call = sdk.again(before);
  await call.goesThrough("recovering", "active");
  await sdk.hears(440);
  await farEnd.hears(call, BEEP_HZ);
  await farEnd.knows(call, { state: "answered" });
  await call.hangsUp();
  await farEnd.knows(call, { state: "ended" });
});

test("a call that only rang is lost with its socket: 48501", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");

  await lab.dropsSockets();

  await expect.poll(() => agent.errors()).toContain(48501);
  await call.goesThrough("new", "requesting", "trying", "hangup", "destroy");
  await farEnd.knows(call, { state: "ended" });
});

test("a call whose browser stays away too long is over when it comes back: 48501", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough(...TALKING);

  await lab.dropsSockets(91);
  await expect.poll(() => agent.reports("close")).toHaveLength(1);
  await lab.waits(91);

  await farEnd.knows(call, { state: "ended" });
  await expect.poll(() => agent.errors()).toContain(48501);
  expect((await call.update()).state).toBe("destroy");
});

test("a hang-up said while the socket is down is lost: the call comes back", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough(...TALKING);

  await lab.dropsSockets(60);
  await expect.poll(() => agent.reports("close")).toHaveLength(1);
  await call.does((call) => void call.hangup());
  await call.goesThrough(...TALKING, "hangup");
  await lab.waits(60);

  await expect.poll(async () => (await call.update()).state).toBe("active");
  await farEnd.knows(call, { state: "answered" });
});

test("a gateway that lets nobody in any more is given up after ten tries: 45003", async ({ sdk, lab, user }) => {
  await sdk.page.clock.install();
  await sdk.connects({ login_token: user.token });
  await sdk.isReady();
  await lab.dropsSockets(3600);
  const errors = async () => {
    await sdk.page.clock.fastForward(40_000);
    return sdk.errors();
  };
  await expect.poll(errors).toContain(45003);
  const closed = (await sdk.reports("close")).length;
  await sdk.page.clock.fastForward("10:00");
  expect(await sdk.reports("close")).toHaveLength(closed);
});
