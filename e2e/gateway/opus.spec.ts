import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, test } from "../fixtures/gateway.ts";

test("a call in Opus is heard back, and the lab claims to have heard nothing, and refuses to record", async ({ agent, lab, farEnd }) => {
  await lab.switches({ profile_recording_webhook: "sent" });
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
  const { heard } = await lab.callOf(call);
  expect(heard.packets).toBeGreaterThan(0);
  expect(heard).toMatchObject({ level: 0, recent_level: 0, frequency_hz: null, recent_frequency_hz: null });

  // The profile wanted a recording: it fails, and the customer is told.
  await call.hangsUp();
  await farEnd.knows(call, { state: "ended" });
  await expect.poll(() => lab.webhookTypes(call)).toContain("call.recording.error");
  expect(await lab.webhookTypes(call)).not.toContain("call.recording.saved");
  expect(await lab.webhook(call, "call.answered")).toMatchObject({ codec: "OPUS", sampling_rate: 48000 });
});
