import { expect, test } from "../fixtures/gateway.ts";

test("every key reaches the far end, once and in order", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough("new", "requesting", "trying", "active");

  await call.does((call) => [..."1234567890*#"].forEach((key) => call.dtmf(key)));

  await farEnd.knows(call, { dtmf: "1234567890*#" });
  expect((await call.update()).state).toBe("active");
  expect(await agent.errors()).toEqual([]);
});
