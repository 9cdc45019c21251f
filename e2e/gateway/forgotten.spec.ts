import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, test } from "../fixtures/gateway.ts";

const TALKING = ["new", "requesting", "trying", "active"];

test("a request that is refused with -32000 fails, and the SDK signs in anew on the socket it has", async ({
  agent,
  lab,
  farEnd,
}) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough(...TALKING);
  await lab.gateway({ forgets: ["telnyx_rtc.modify"] });

  expect(await call.does((call) => call.hold())).toBe(false);

  expect(await agent.errors()).toEqual([44001]);
  await call.goesThrough(...TALKING, "recovering", "recovering", "active");
  await agent.hears(440);
  await farEnd.hears(call, BEEP_HZ);
  expect(await agent.reports("close")).toEqual([]);
  expect(await call.does((call) => call.hold())).toBe(true);
  await farEnd.knows(call, { state: "held" });
});

test("a call that rang when the socket dropped rings again, where ringing_calls is ring_again", async ({
  agent,
  lab,
  farEnd,
}) => {
  await lab.switches({ ringing_calls: "ring_again" });
  await lab.callsAgent("+12025550107");
  const call = await agent.rings();

  await lab.dropsSockets();

  await agent.isReady(2);
  await call.goesThrough("new", "ringing", "new", "ringing");
  await call.answers();
  await call.goesThrough("new", "ringing", "new", "ringing", "answering", "active");
  await agent.hears(440);
  await farEnd.hears(call, BEEP_HZ);
  await call.hangsUp();
  await farEnd.knows(call, { state: "ended" });
});
