import { expect, test } from "../fixtures/gateway.ts";
import type { Lab } from "../fixtures/lab.ts";
import type { SdkPage } from "../fixtures/sdk-page.ts";

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

/** Both pages are in a call, lose their sockets, and come back. Gives each page's call. */
async function bothComeBack(pages: SdkPage[], lab: Lab) {
  const calls = [];
  for (const page of pages) {
    const call = await page.dials("+12025550107");
    await call.goesThrough("new", "requesting", "trying", "active");
    calls.push(call);
  }
  // Nobody is let in again before both calls have lost their page.
  await lab.dropsSockets(60);
  for (const page of pages) await expect.poll(async () => (await page.reports("close")).length).toBeGreaterThan(0);
  await lab.waits(60);
  for (const page of pages) await page.isReady(2);
  return calls;
}

/** Which calls the two pages were told to have back, the shorter list first. */
async function handedBack(lab: Lab): Promise<unknown[][]> {
  const told = (await lab.wire()).filter(({ message }) => message.method === "telnyx_rtc.clientReady");
  const lists = told.slice(-2).map(({ message }) => message.params?.["reattached_sessions"] as unknown[]);
  return lists.toSorted((one, other) => one.length - other.length);
}

test("two pages of one user that lose their sockets each get their own call back", async ({ agent, anotherPage, lab, user }) => {
  const second = await anotherPage();
  await second.opens();
  await second.connects({ login_token: user.token });
  await second.isReady();

  const calls = await bothComeBack([agent, second], lab);

  for (const call of calls) {
    await call.goesThrough("new", "requesting", "trying", "active", "recovering", "recovering", "active");
  }
  expect((await handedBack(lab)).flat().toSorted()).toEqual(calls.map(({ id }) => id).toSorted());
  for (const page of [agent, second]) expect(await page.errors()).not.toContain(48501);
});

test("where reattached_calls is of_user, the first page back is handed both calls", async ({ agent, anotherPage, lab, user }) => {
  await lab.switches({ reattached_calls: "of_user" });
  const second = await anotherPage();
  await second.opens();
  await second.connects({ login_token: user.token });
  await second.isReady();

  const calls = await bothComeBack([agent, second], lab);

  // The other one too, if it signed in before the first had taken them.
  expect((await handedBack(lab)).at(-1)).toEqual(calls.map(({ id }) => id));
});
