import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, test } from "../fixtures/gateway.ts";

const TALKING = ["new", "requesting", "trying", "active"];

test("on hold neither side hears the other, and off hold both do", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await agent.hears(440);
  await farEnd.hears(call, BEEP_HZ);

  expect(await call.does((call) => call.hold())).toBe(true);
  await call.goesThrough(...TALKING, "held");
  await farEnd.knows(call, { state: "held" });
  await agent.hearsNothing();

  expect(await call.does((call) => call.unhold())).toBe(true);
  await call.goesThrough(...TALKING, "held", "active");
  await farEnd.knows(call, { state: "answered" });
  await agent.hears(440);
  await farEnd.hears(call, BEEP_HZ);
});

test("the toggle holds and takes off hold", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough(...TALKING);

  expect(await call.does((call) => call.toggleHold())).toBe(true);
  await farEnd.knows(call, { state: "held" });
  expect(await call.does((call) => call.toggleHold())).toBe(true);
  await farEnd.knows(call, { state: "answered" });
  await call.goesThrough(...TALKING, "held", "active");
});

test("a call that is not answered cannot be held: 44001, and it goes on", async ({ agent, lab, farEnd }) => {
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");

  expect(await call.does((call) => call.hold())).toBe(false);

  expect(await agent.errors()).toEqual([44001]);
  await farEnd.knows(call, { state: "ringing" });
  await lab.answers();
  await call.goesThrough(...TALKING);
});
