import { expect, test } from "../fixtures/gateway.ts";
import { transcript } from "../fixtures/transcript.ts";

test("a message beside the sound is taken, and presses no key", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough("new", "requesting", "trying", "active");

  await call.does((call) => call.message("+12025550108", "on my way"));

  await expect.poll(async () => transcript(await lab.wire())).toContain("← ok info");
  const info = (await lab.wire()).find(({ message }) => message.method === "telnyx_rtc.info");
  expect(info?.message.params?.["msg"]).toMatchObject({ body: "on my way" });
  await farEnd.knows(call, { state: "answered", dtmf: "" });
  expect(await agent.errors()).toEqual([]);
});

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
