import { expect, test } from "../fixtures/gateway.ts";

const TALKING = ["new", "requesting", "trying", "active"];

test("a hang-up that is never confirmed is over after 5 s, and the SDK connects anew", async ({
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

  await lab.gateway({ mute: ["telnyx_rtc.bye"] });
  await call.does((call) => void call.hangup());
  await call.goesThrough(...TALKING, "hangup");
  await farEnd.knows(call, { state: "ended" });
  await sdk.page.clock.fastForward(5_000);
  await call.goesThrough(...TALKING, "hangup", "destroy");
  await sdk.page.clock.fastForward(5_000);
  await expect.poll(() => sdk.reports("close")).toHaveLength(1);
});

test("a hold that is never confirmed fails after 10 s, and the SDK connects anew", async ({ sdk, lab, user }) => {
  await sdk.page.clock.install();
  await sdk.connects({ login_token: user.token });
  await sdk.isReady();
  const call = await sdk.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough(...TALKING);

  await lab.gateway({ mute: ["telnyx_rtc.modify"] });
  const held = call.does((call) => call.hold());
  await expect.poll(async () => (await lab.callOf(call)).state).toBe("held");
  await sdk.page.clock.fastForward(10_000);
  expect(await held).toBe(false);
  expect(await sdk.errors()).toContain(44001);
  await expect.poll(() => sdk.reports("close")).toHaveLength(1);
});

test("when the gateway does not answer pings the SDK leaves the socket and comes back", async ({ sdk, lab, user }) => {
  await sdk.page.clock.install();
  await sdk.connects({ login_token: user.token });
  await sdk.isReady();
  await lab.gateway({ mute: ["telnyx_rtc.ping"] });
  const closed = async () => {
    await sdk.page.clock.runFor(1_000);
    return sdk.reports("close");
  };
  await expect.poll(closed, { intervals: [20] }).toHaveLength(1);
  await lab.gateway({});
  await sdk.page.clock.runFor(5_000);
  await sdk.isReady(2);
});
