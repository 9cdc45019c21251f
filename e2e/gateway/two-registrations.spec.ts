import { expect, test } from "../fixtures/gateway.ts";

test("of two pages of one user the last to sign in rings", async ({ agent, anotherPage, lab, user }) => {
  const second = await anotherPage();
  await second.opens();
  await second.connects({ login_token: user.token });
  await second.isReady();

  await lab.callsAgent("+12025550107");
  const call = await second.rings();
  await call.answers();
  await call.goesThrough("new", "ringing", "answering", "active");
  expect(await agent.reports("state")).toEqual([]);
  await call.hangsUp();

  await second.page.close();
  // Calls until the lab has noticed: a socket takes a moment to close.
  await expect(async () => {
    await lab.callsAgent("+12025550107");
    expect(await agent.reports("state")).not.toEqual([]);
  }).toPass();
  await agent.rings();
});
