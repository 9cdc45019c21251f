import { expect, test } from "../fixtures/gateway.ts";

const SIGNED_IN = ["login →", "← ok login", "← clientReady", "gatewayState →", "← ok gatewayState"];

test("a token signs in", async ({ sdk, farEnd, user }) => {
  await sdk.connects({ login_token: user.token });
  await sdk.isReady();
  await farEnd.wroteOfTheLine(...SIGNED_IN);
  expect(await sdk.errors()).toEqual([]);
});

test("a SIP user name with its password signs in", async ({ sdk, farEnd, user }) => {
  await sdk.connects({ login: user.name, password: user.password });
  await sdk.isReady();
  await farEnd.wroteOfTheLine(...SIGNED_IN);
  expect(await sdk.errors()).toEqual([]);
});

test("a wrong password is error 46001, and the SDK does not try again", async ({ sdk, farEnd, user }) => {
  await sdk.page.clock.install();
  await sdk.connects({ login: user.name, password: "not the password" });
  await expect.poll(() => sdk.errors()).toEqual([46001]);
  await sdk.page.clock.fastForward("01:00");
  expect(await sdk.errors()).toEqual([46001]);
  expect(await sdk.reports("ready")).toEqual([]);
  // It keeps the socket all the same, and asks whether the gateway is there.
  await farEnd.wroteOfTheLine("login →", "← error -32001 login", "ping →", "← error -32001 ping");
});

test("a token that has expired is refused", async ({ sdk, lab, user }) => {
  await lab.waits(24 * 3600 + 1);
  await sdk.connects({ login_token: user.token });
  await expect.poll(() => sdk.errors()).toEqual([46001]);
  expect(await sdk.reports("ready")).toEqual([]);
});

test("who was refused signs in on the same socket with the right token", async ({ sdk, farEnd, user }) => {
  await sdk.connects({ login_token: `${user.token}x` });
  await expect.poll(() => sdk.errors()).toEqual([46001]);
  await sdk.page.evaluate((login_token) => window.line.client.login({ creds: { login_token } }), user.token);
  await sdk.isReady();
  expect(await sdk.reports("open")).toHaveLength(1);
  await farEnd.wroteOfTheLine("login →", "← error -32001 login", ...SIGNED_IN);
});

test("nothing but signing in works before it", async ({ sdk, farEnd, lab, user }) => {
  await sdk.connects({ login_token: `${user.token}x` });
  await expect.poll(() => sdk.errors()).toEqual([46001]);
  const call = await sdk.dials("+12025550107");
  await call.goesThrough("new", "requesting", "hangup", "destroy");
  await expect.poll(() => sdk.errors()).toEqual([46001, 40005, 44003]);
  expect(await lab.calls()).toEqual([]);
  await farEnd.wrote("invite →", "← error -32001 invite", "bye →", "← error -32001 bye");
});

test("nobody in particular signs in to talk to one assistant", async ({ sdk, farEnd }) => {
  await sdk.connects({ anonymous_login: { target_type: "ai_assistant", target_id: "assistant-7" } });
  await sdk.isReady();
  await farEnd.wroteOfTheLine(
    "anonymous_login →",
    "← ok anonymous_login",
    "← clientReady",
    "gatewayState →",
    "← ok gatewayState",
  );
  expect(await sdk.errors()).toEqual([]);
});
