import { expect, test } from "../fixtures/gateway.ts";

test("a gateway that names a report is posted one at the end of each call", async ({ sdk, lab, farEnd, user }) => {
  await lab.switches({ call_report_id: "sent" });
  await sdk.connects({ login_token: user.token });
  await sdk.isReady();
  const call = await sdk.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await sdk.hears(440);
  const posted = sdk.page.waitForResponse((response) => response.url().endsWith("/call_report"));

  await call.hangsUp();

  const report = await posted;
  expect(report.ok()).toBe(true);
  expect(report.request().headers()["x-call-id"]).toBe(call.id);
  await farEnd.knows(call, { state: "ended" });
  expect(await lab.reports()).toHaveLength(1);
});

test("an SDK that records its sound posts it, and the lab takes it", async ({ sdk, lab, farEnd, user }) => {
  await lab.switches({ call_report_id: "sent" });
  await sdk.connects({ login_token: user.token, enableCallRecording: true });
  await sdk.isReady();
  const call = await sdk.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await sdk.hears(440);

  await call.hangsUp();

  await farEnd.knows(call, { state: "ended" });
  const sound = async () => (await lab.reports()).filter(({ path }) => path === "/call_recording");
  await expect.poll(async () => (await sound()).length).toBeGreaterThan(0);
  expect((await sound())[0]).toMatchObject({ call_id: call.id });
  expect(Number((await sound())[0]?.["bytes"])).toBeGreaterThan(1000);
});

test("one that names none is posted none", async ({ agent, lab, farEnd }) => {
  const asked: string[] = [];
  agent.page.on("request", (request) => asked.push(request.url()));
  const call = await agent.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await agent.hears(440);
  await call.hangsUp();
  await farEnd.knows(call, { state: "ended" });
  expect(asked).toEqual([]);
});
