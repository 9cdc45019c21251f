import { expect, test } from "../fixtures/gateway.ts";

test("one page calls another by its user name, and each hears the other", async ({ anotherPage, anotherUser, lab }) => {
  const ada = await anotherPage();
  const ben = await anotherPage();
  const [adasUser, bensUser] = [await anotherUser(), await anotherUser()];
  for (const [sdk, { token }, hertz] of [[ada, adasUser, 700], [ben, bensUser, 500]] as const) {
    await sdk.speaks(hertz);
    await sdk.opens();
    await sdk.connects({ login_token: token });
    await sdk.isReady();
  }

  const out = await ada.dials(bensUser.name, { callerName: "Ada" });
  const into = await ben.rings();
  expect(await into.does(({ options }) => options.remoteCallerName)).toBe("Ada");
  await out.isTold("ringing");
  await into.answers();
  await out.goesThrough("new", "requesting", "trying", "active");
  await into.goesThrough("new", "ringing", "answering", "active");
  await ada.hears(500);
  await ben.hears(700);
  const [inbound, outbound] = [await lab.callOf(into), await lab.callOf(out)];
  expect(outbound).toMatchObject({ user: adasUser.name, state: "answered", direction: "outgoing" });
  expect(inbound).toMatchObject({ user: bensUser.name, state: "answered", direction: "incoming" });
  expect(inbound.call_control_id).not.toBe(outbound.call_control_id);

  await into.hangsUp();
  await out.goesThrough("new", "requesting", "trying", "active", "hangup", "destroy");
  expect(await out.update()).toMatchObject({ cause: "NORMAL_CLEARING", sipCode: 200 });
  await into.goesThrough("new", "ringing", "answering", "active", "hangup", "destroy");
});
