import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, test } from "../fixtures/gateway.ts";

test("an answer that overtakes the reply to INVITE leaves the SDK in trying, while both are heard", async ({
  agent,
  lab,
  farEnd,
}) => {
  const call = await agent.dials("+12025550113");
  await call.isTold("ringing");
  await lab.waits(2);

  await call.goesThrough("new", "requesting", "active", "trying");
  await farEnd.knows(call, { state: "answered" });
  await agent.hears(440);
  await farEnd.hears(call, BEEP_HZ);
  expect((await call.update()).state).toBe("trying");
  expect(await agent.errors()).toEqual([]);

  await call.hangsUp();
  await call.goesThrough("new", "requesting", "active", "trying", "hangup", "destroy");
  await farEnd.knows(call, { state: "ended", hangup_cause: "normal_clearing" });
});
