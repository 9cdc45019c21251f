import { expect, test } from "../fixtures/gateway.ts";

test("who is talking comes as participantData", async ({ agent, lab }) => {
  const call = await agent.dials("+12025550129");
  await call.isTold("ringing");
  await lab.waits(2);
  await call.goesThrough("new", "requesting", "trying", "active");
  await lab.waits(1);
  const said = async () => (await agent.reports("notice")).filter(({ type }) => type === "participantData");
  await expect.poll(async () => (await said()).map(({ facts }) => facts)).toEqual([
    expect.objectContaining({ displayName: "Ada", displayNumber: "+12025550129" }),
  ]);
  expect((await call.update()).state).toBe("active");
});
