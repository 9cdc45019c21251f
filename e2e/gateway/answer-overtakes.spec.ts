import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, test } from "../fixtures/gateway.ts";

test("an answer that overtakes the reply to INVITE leaves the SDK in trying, while both are heard", async ({
  anotherPage,
  lab,
  farEnd,
  user,
}) => {
  const sdk = await anotherPage();
  // The network stalls behind the answer. What the SDK ends up in depends on which it has done with first.
  const late: (string | Buffer)[] = [];
  let state: "flows" | "stalled" | "delivered" = "flows";
  let deliver = () => {};
  await sdk.page.routeWebSocket(/gateway/, (socket) => {
    socket.connectToServer().onMessage((text) => {
      if (state === "stalled") late.push(text);
      else socket.send(text);
      if (state === "flows" && String(text).includes("telnyx_rtc.answer")) state = "stalled";
    });
    deliver = () => {
      state = "delivered";
      late.forEach((text) => socket.send(text));
    };
  });
  await sdk.opens();
  await sdk.connects({ login_token: user.token });
  await sdk.isReady();

  const call = await sdk.dials("+12025550113");
  await call.isTold("ringing");
  await lab.waits(2);
  await call.goesThrough("new", "requesting", "active");
  deliver();

  await call.goesThrough("new", "requesting", "active", "trying");
  await farEnd.knows(call, { state: "answered" });
  await sdk.hears(440);
  await farEnd.hears(call, BEEP_HZ);
  expect((await call.update()).state).toBe("trying");
  expect(await sdk.errors()).toEqual([]);
  await farEnd.wrote("invite →", "← ringing", "ok ringing →", "← answer", "← ok invite", "ok answer →");
});
