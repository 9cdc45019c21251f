import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, test } from "../fixtures/gateway.ts";

test("a call in Opus is heard back, and the lab claims to have heard nothing", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550126");
  await call.isTold("ringing");
  await lab.waits(2);
  await call.goesThrough("new", "requesting", "trying", "active");
  await agent.hears(BEEP_HZ);
  const codec = await call.does(async (call) => {
    const stats: RTCStatsReport = await call.peer.instance.getStats();
    const all = Array.from(stats.values()) as { type: string; id: string; codecId?: string; mimeType?: string }[];
    const inbound = all.find(({ type }) => type === "inbound-rtp");
    return all.find(({ id }) => id === inbound?.codecId)?.mimeType;
  });
  expect(codec).toBe("audio/opus");
  await farEnd.knows(call, { state: "answered" });
});
