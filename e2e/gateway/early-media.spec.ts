import { test } from "../fixtures/gateway.ts";

test("what the far end plays before it answers is heard, and the call is active only then", async ({
  agent,
  lab,
  farEnd,
}) => {
  const call = await agent.dials("+12025550111");
  await call.isTold("ringing");
  await lab.waits(1);
  await call.goesThrough("new", "requesting", "trying", "early");
  await agent.hears(440);
  await farEnd.knows(call, { state: "ringing" });

  await lab.waits(5);
  await call.goesThrough("new", "requesting", "trying", "early", "active");
  await farEnd.knows(call, { state: "answered" });
  await agent.hears(440);
  await farEnd.wrote(
    "invite →",
    "← ok invite",
    "← ringing",
    "ok ringing →",
    "← media",
    "ok media →",
    "← answer",
    "ok answer →",
  );
});
