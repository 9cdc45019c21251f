import { BEEP_HZ } from "../fixtures/beeps.ts";
import { Ears } from "../fixtures/ears.ts";
import { CONTROLLED } from "../fixtures/stack.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ stackName: "controlled", settings: CONTROLLED });

test("a program's call is answered here by itself, then the customer is called, then both talk", async ({
  phone,
  lab,
  crm,
  server,
  diary,
}) => {
  const { status, id } = await crm.asks("demo", "+12025550108");
  expect(status).toBe(201);
  await expect(phone.says(phone.calling)).toHaveText("Calling");
  await expect(phone.calling).toContainText("+1 202 555 0108");
  await expect(phone.incoming).toHaveCount(0);
  await expect.poll(async () => lab.commands()).toEqual(["dial", "dial"]);
  // The agent's leg is up, and the far end is not: no timer runs.
  expect(await lab.call()).toMatchObject({ state: "answered" });
  await expect(phone.talkTime).toHaveCount(0);

  await lab.customerAnswers();
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await expect(phone.talkTime).toHaveText("0:01");
  const ears = await Ears.toTheFarEnd(phone.page);
  await expect.poll(async () => Math.abs((await ears.pitch()) - 440)).toBeLessThan(10);
  await expect.poll(async () => Math.abs((await lab.call()).heard.frequency_hz - BEEP_HZ)).toBeLessThan(30);
  const told = (await diary.lines()).filter((line) => line.startsWith("screen"));
  expect(told).toEqual(["screen Dialer", "screen Calling", "screen In call"]);

  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await expect.poll(async () => (await lab.legs()).map(({ state }) => state)).toEqual(["ended", "ended"]);
  // One row, newer than those of the specs before.
  await expect.poll(async () => server.newestRow()).toMatchObject({ id, outcome: "answered", ended_by: "us" });
  expect((await server.rows()).filter((row) => row.id === id).length).toBe(1);
});

test("the customer's reason is the one that is said", async ({ phone, lab, crm }) => {
  await crm.asks("demo", "+12025550102");
  await expect(phone.says(phone.ended)).toContainText("they are on another call");
  await expect.poll(async () => (await lab.legs()).map(({ state }) => state)).toEqual(["ended", "ended"]);
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("Busy");
});

test("giving up while it rings there ends both legs", async ({ phone, lab, crm }) => {
  await crm.asks("demo", "+12025550108");
  await expect.poll(async () => lab.commands()).toEqual(["dial", "dial"]);
  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up before an answer");
  await expect.poll(async () => (await lab.legs()).map(({ state }) => state)).toEqual(["ended", "ended"]);
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("Cancelled");
});

test("the program hangs up what it asked for, and both legs end", async ({ phone, lab, crm }) => {
  const { id } = await crm.asks("demo", "+12025550107");
  await expect(phone.inCall).toBeVisible();
  expect(await crm.hangsUp("demo", id)).toBe("asked");
  await expect(phone.ended).toBeVisible();
  await expect.poll(async () => (await lab.legs()).map(({ state }) => state)).toEqual(["ended", "ended"]);
});

test("an agent on a call is busy to a program, and the call goes on", async ({ phone, lab, crm }) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toBeVisible();
  expect(await crm.asks("demo", "+12025550101")).toMatchObject({ status: 409, code: "agent_busy" });
  await expect(phone.inCall).toBeVisible();
  expect((await lab.legs()).length).toBe(2);
});

test("an agent whose page is closed is not there, and nobody is called", async ({ phone, lab, crm }) => {
  await phone.page.goto("about:blank");
  expect(await crm.asks("demo", "+12025550107")).toMatchObject({ status: 409, code: "agent_absent" });
  expect(await lab.legs()).toEqual([]);
});

test("a call that nobody asked for rings and does not answer itself", async ({ phone, lab }) => {
  const call = await lab.callsAgent("+12025550107");
  await expect(phone.incoming).toBeVisible();
  await expect(phone.inCall).toHaveCount(0);
  expect(await lab.callOf({ id: call.call_id })).toMatchObject({ state: "ringing" });
});
