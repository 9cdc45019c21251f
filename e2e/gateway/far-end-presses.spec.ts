import { expect, test } from "../fixtures/gateway.ts";

test("keys that the far end presses come as events", async ({ agent, lab }) => {
  const call = await agent.dials("+12025550130");
  await call.isTold("ringing");
  await lab.waits(2);
  await call.goesThrough("new", "requesting", "trying", "active");
  await lab.waits(1);
  const pressed = async () =>
    (await agent.reports("notice")).filter(({ type }) => type === "event").map(({ facts }) => facts["dtmf"]);
  await expect.poll(pressed).toEqual(["1", "2", "#"]);
});
