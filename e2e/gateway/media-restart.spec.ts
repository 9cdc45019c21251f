import { expect, test } from "../fixtures/gateway.ts";
import { transcript } from "../fixtures/transcript.ts";

const TALKING = ["new", "requesting", "trying", "active"];

test("when nothing is heard any more the SDK starts the media anew, and the call goes on", async ({
  sdk,
  lab,
  farEnd,
  user,
}) => {
  await lab.switches({ call_report_id: "sent" });
  await sdk.connects({ login_token: user.token });
  await sdk.isReady();
  const call = await sdk.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await sdk.hears(440);

  await lab.faults(call, { to_end: { stopped: true } });
  await expect.poll(() => sdk.warnings()).toEqual(expect.arrayContaining([31006, 32001]));
  await call.goesThrough(...TALKING, "active");
  await lab.faults(call, {});
  await sdk.hears(440);
  await farEnd.knows(call, { state: "answered" });
  expect(await sdk.errors()).toEqual([]);
});

test("when that fails it is error 47001, and the SDK connects anew and attaches the call", async ({
  anotherPage,
  lab,
  user,
}) => {
  const sdk = await anotherPage();
  // The network garbles the offer on its way, so that nobody could answer it.
  await sdk.page.routeWebSocket(/gateway/, (socket) => {
    const gateway = socket.connectToServer();
    socket.onMessage((text) => {
      const message = JSON.parse(String(text)) as { params?: { action?: string; sdp?: string } };
      if (message.params?.action === "updateMedia") message.params.sdp = "v=0";
      gateway.send(JSON.stringify(message));
    });
  });
  await sdk.opens();
  await lab.switches({ call_report_id: "sent" });
  await sdk.connects({ login_token: user.token });
  await sdk.isReady();
  const call = await sdk.dials("+12025550108");
  await call.isTold("ringing");
  await lab.answers();
  await sdk.hears(440);

  await lab.faults(call, { to_end: { stopped: true } });
  await expect.poll(() => sdk.errors()).toContain(47001);
  expect(transcript(await lab.wire())).toContain("← error -32004 modify");
  await lab.faults(call, {});

  await sdk.isReady(2);
  await expect.poll(async () => (await call.updates()).at(-1)).toMatchObject({ state: "active", recovers: call.id });
  await sdk.hears(440);
});
