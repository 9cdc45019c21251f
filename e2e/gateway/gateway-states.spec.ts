import { expect, test } from "../fixtures/gateway.ts";
import { housekeeping } from "../fixtures/transcript.ts";

const ASKED = ["gatewayState →", "← ok gatewayState"];

test("not registered yet: the SDK asks again, and is ready once it is", async ({ sdk, lab, user }) => {
  await sdk.page.clock.install();
  await lab.gateway({ states: ["NOREG", "UNREGED"] });
  await sdk.connects({ login_token: user.token });
  const ready = async () => {
    await sdk.page.clock.fastForward(6_000);
    return sdk.reports("ready");
  };
  await expect.poll(ready).toHaveLength(1);
  expect(await sdk.errors()).toEqual([]);
  const asked = housekeeping(await lab.wire()).filter((line) => line.includes("gatewayState"));
  expect(asked).toEqual([...ASKED, ...ASKED, ...ASKED]);
});

test("not registered five times is error 46001", async ({ sdk, lab, user }) => {
  await sdk.page.clock.install();
  await lab.gateway({ states: ["NOREG", "NOREG", "NOREG", "NOREG", "NOREG", "REGED"] });
  await sdk.connects({ login_token: user.token });
  const errors = async () => {
    await sdk.page.clock.fastForward(6_000);
    return sdk.errors();
  };
  await expect.poll(errors).toEqual([46001]);
  // It has given up: the sixth answer is never asked for.
  await sdk.page.clock.fastForward(6_000);
  expect(await sdk.reports("ready")).toEqual([]);
  const asked = housekeeping(await lab.wire()).filter((line) => line === "gatewayState →");
  expect(asked).toHaveLength(5);
});

for (const state of ["FAILED", "FAIL_WAIT", "TIMEOUT"] as const) {
  test(`${state} is error 45004, and the SDK connects anew`, async ({ sdk, lab, user }) => {
    await sdk.page.clock.install();
    await lab.gateway({ states: [state] });
    await sdk.connects({ login_token: user.token });
    await expect.poll(() => sdk.errors()).toEqual([45004]);
    expect(await sdk.reports("ready")).toEqual([]);

    await sdk.page.clock.fastForward(6_000);
    await sdk.isReady();
    expect(await sdk.reports("open")).toHaveLength(2);
    expect(await sdk.errors()).toEqual([45004]);
  });
}

test("a gateway that never answers a sign-in is waited for without a word", async ({ sdk, lab, farEnd, user }) => {
  await sdk.page.clock.install();
  await lab.gateway({ logins: ["silence"] });
  await sdk.connects({ login_token: user.token });
  await farEnd.wroteOfTheLine("login →");
  await sdk.page.clock.fastForward("10:00");
  expect(await sdk.errors()).toEqual([]);
  expect(await sdk.reports("ready")).toEqual([]);
});

test("told that it is registered no more, the SDK asks again and is ready again", async ({ sdk, lab, user }) => {
  await sdk.page.clock.install();
  await sdk.connects({ login_token: user.token });
  await sdk.isReady();
  await lab.gatewayTurns("UNREGED");
  await expect.poll(async () => (await sdk.reports("message")).at(-1)?.params["state"]).toBe("UNREGED");
  await sdk.page.clock.fastForward(6_000);
  await sdk.isReady(2);
  expect(await sdk.errors()).toEqual([]);
});

test("what is no bad news is passed over", async ({ agent, lab }) => {
  for (const state of ["TRYING", "EXPIRED", "UNREGISTER"]) {
    await lab.gatewayTurns(state);
    await expect.poll(async () => (await agent.reports("message")).at(-1)?.params["state"]).toBe(state);
  }
  expect(await agent.errors()).toEqual([]);
  expect(await agent.reports("ready")).toHaveLength(1);
  expect(await agent.reports("close")).toEqual([]);
});
