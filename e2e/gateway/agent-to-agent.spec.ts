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

  const customHeaders = [{ name: "X-Order", value: "7" }];
  const out = await ada.dials(bensUser.name, { customHeaders });
  const into = await ben.rings();
  expect(await into.does(({ options }) => options.customHeaders)).toEqual(customHeaders);
  await out.isTold("ringing");
  await into.answers();
  await out.goesThrough("new", "requesting", "trying", "active");
  await into.goesThrough("new", "ringing", "answering", "active");
  await ada.hears(500);
  await ben.hears(700);
  expect(await lab.calls()).toHaveLength(2);

  await into.hangsUp();
  await out.goesThrough("new", "requesting", "trying", "active", "hangup", "destroy");
  expect(await out.update()).toMatchObject({ cause: "NORMAL_CLEARING", sipCode: 200 });
  await into.goesThrough("new", "ringing", "answering", "active", "hangup", "destroy");
});
