import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, test } from "../fixtures/gateway.ts";

const TALKING = ["new", "requesting", "trying", "active"];

test("one-way: the far end is heard, and hears nothing", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550115");
  await call.isTold("ringing");
  await lab.waits(2);
  await call.goesThrough(...TALKING);
  await agent.hears(440);
  await farEnd.hearsNothing(call);
});

test("one-way: the far end hears, and nothing is heard of it", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550116");
  await call.isTold("ringing");
  await lab.waits(2);
  await call.goesThrough(...TALKING);
  await farEnd.hears(call, BEEP_HZ);
  await agent.hearsNothing();
});

test("media that is late leaves the call active and silent, until it comes", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550114");
  await call.isTold("ringing");
  await lab.waits(2);
  await call.goesThrough(...TALKING);
  expect(await call.does((call) => call.peer.instance.connectionState)).toBe("connecting");

  await lab.waits(5);
  await expect.poll(() => call.does((call) => call.peer.instance.connectionState)).toBe("connected");
  await agent.hears(440);
  await farEnd.hears(call, BEEP_HZ);
});

test("a lossy line is heard all the same, and the browser counts what it lost", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550125");
  await call.isTold("ringing");
  await lab.waits(2);
  await call.goesThrough(...TALKING);
  await farEnd.hears(call, BEEP_HZ);
  const lost = () =>
    call.does(async (call) => {
      const stats: RTCStatsReport = await call.peer.instance.getStats();
      const inbound = Array.from(stats.values()).find(({ type }) => type === "inbound-rtp") as
        | { packetsLost: number; packetsReceived: number }
        | undefined;
      return inbound === undefined || inbound.packetsReceived < 50 ? 0 : inbound.packetsLost / inbound.packetsReceived;
    });
  await expect.poll(lost).toBeGreaterThan(0.1);
});
