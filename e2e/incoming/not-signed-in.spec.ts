import { expect, test } from "../fixtures/test.ts";

test("a call to an agent who is not signed in is in their history when they come back", async ({
  phone,
  lab,
  server,
}) => {
  const user = await lab.lastUser();
  await lab.switches({ absent_user: "announced" });
  await phone.page.goto("about:blank");
  await expect.poll(async () => await lab.isSignedIn(user)).toBe(false);
  const call = await lab.callsUser("+12025550107", user);
  expect(call.state).toBe("ended");

  await phone.opens();
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("+1 202 555 0107");
  await expect(phone.newestRow).toContainText(/Incoming:.*Missed.*did not ring here/);
  expect(await server.newestRow()).toMatchObject({
    direction: "incoming",
    outcome: "missed",
    ids: { call_leg_id: call.call_leg_id },
    rang_ms: null,
  });
});
