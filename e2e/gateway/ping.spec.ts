import { expect, test } from "../fixtures/gateway.ts";
import { housekeeping } from "../fixtures/transcript.ts";

test("the gateway pings, the SDK answers with a ping of its own, and is answered", async ({ agent, farEnd, lab }) => {
  const before = ["login →", "← ok login", "← clientReady", "gatewayState →", "← ok gatewayState"];
  const ping = ["← ping", "ping →", "← ok ping"];
  await lab.waits(30);
  await farEnd.wroteOfTheLine(...before, ...ping);
  await lab.waits(30);
  await farEnd.wroteOfTheLine(...before, ...ping, ...ping);
  expect(await agent.reports("close")).toEqual([]);
});

test("when the gateway has long been silent the SDK asks whether it is there, and keeps the socket", async ({
  sdk,
  lab,
  user,
}) => {
  await sdk.page.clock.install();
  await sdk.connects({ login_token: user.token });
  await sdk.isReady();
  const before = ["login →", "← ok login", "← clientReady", "gatewayState →", "← ok gatewayState"];
  // In steps, for the answer takes real time.
  const asks = async () => {
    await sdk.page.clock.runFor(1_000);
    return housekeeping(await lab.wire()).slice(before.length);
  };
  await expect.poll(asks, { intervals: [20] }).toEqual(["ping →", "← ok ping"]);
  // Had the answer not come, the SDK would have closed the socket 5 s later.
  for (let seconds = 0; seconds < 10; seconds += 1) await asks();
  expect(await sdk.reports("close")).toEqual([]);
  expect(await sdk.errors()).toEqual([]);
});
