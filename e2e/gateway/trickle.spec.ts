import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, test } from "../fixtures/gateway.ts";
import { transcript } from "../fixtures/transcript.ts";

test("a call made before its addresses are known is heard both ways", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550108", { trickleIce: true });
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough("new", "requesting", "trying", "active");
  await agent.hears(440);
  await farEnd.hears(call, BEEP_HZ);

  const wire = await lab.wire();
  const invite = wire.find(({ message }) => message.method === "telnyx_rtc.invite")?.message.params;
  expect(invite).toMatchObject({ trickle: true, sdp: expect.stringContaining("0 candidates") });
  const said = transcript(wire);
  const count = (line: string) => said.filter((said) => said === line).length;
  expect(count("candidate →")).toBeGreaterThan(0);
  expect(count("← ok candidate")).toBe(count("candidate →"));
  expect(count("endOfCandidates →")).toBe(1);
  expect(count("← ok endOfCandidates")).toBe(1);
});

test("where gateway_candidates is trickled, the gateway's addresses come after its answer", async ({ agent, lab, farEnd }) => {
  await lab.switches({ gateway_candidates: "trickled" });
  const call = await agent.dials("+12025550108", { trickleIce: true });
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough("new", "requesting", "trying", "active");
  await agent.hears(440);
  await farEnd.hears(call, BEEP_HZ);

  const wire = await lab.wire();
  const answer = wire.find(({ message }) => message.method === "telnyx_rtc.answer")?.message.params;
  expect(answer).toMatchObject({ sdp: expect.stringContaining("0 candidates") });
  expect(transcript(wire)).toContain("← candidate");
  expect(await agent.errors()).toEqual([]);
});

test("a call taken before the addresses are known is heard both ways", async ({ sdk, lab, farEnd, user }) => {
  await sdk.connects({ login_token: user.token, trickleIce: true });
  await sdk.isReady();
  await lab.callsAgent("+12025550107");
  const call = await sdk.rings();
  await call.answers();
  await call.goesThrough("new", "ringing", "answering", "active");
  await sdk.hears(440);
  await farEnd.hears(call, BEEP_HZ);
});
