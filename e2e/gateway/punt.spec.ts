import { expect, test } from "../fixtures/gateway.ts";

const TALKING = ["new", "requesting", "trying", "active"];

test("a punt that names no call ends every call, without a word, and the connection for good", async ({
  sdk,
  lab,
  farEnd,
  user,
}) => {
  await sdk.page.clock.install();
  await sdk.connects({ login_token: user.token });
  await sdk.isReady();
  const call = await sdk.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough(...TALKING);

  await lab.punts(call, "every");

  await call.goesThrough(...TALKING, "purge", "hangup", "destroy");
  await expect.poll(() => sdk.reports("close")).toHaveLength(1);
  await sdk.page.clock.fastForward("01:00");
  expect(await sdk.reports("open")).toHaveLength(1);
  await farEnd.wrote("invite →", "← ok invite", "← ringing", "ok ringing →", "← answer", "ok answer →", "← punt");
});

test("so does one that names a call the browser does not know", async ({ sdk, lab, user }) => {
  await sdk.connects({ login_token: user.token, keepConnectionAliveOnSocketClose: true });
  await sdk.isReady();
  const call = await sdk.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough(...TALKING);
  await sdk.hears(440);

  await lab.punts(call, "unknown");

  await call.goesThrough(...TALKING, "purge", "hangup", "destroy");
});

test("a punt that names a call in progress costs the socket only, if the page asked for that", async ({
  sdk,
  lab,
  farEnd,
  user,
}) => {
  await sdk.connects({ login_token: user.token, keepConnectionAliveOnSocketClose: true });
  await sdk.isReady();
  const call = await sdk.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough(...TALKING);
  await sdk.hears(440);

  await lab.punts(call, "current");

  await sdk.isReady(2);
  await expect.poll(async () => (await call.update()).state).toBe("active");
  await sdk.hears(440);
  await farEnd.knows(call, { state: "answered" });
});
