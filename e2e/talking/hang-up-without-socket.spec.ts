import { expect, test } from "../fixtures/test.ts";

test.beforeEach(async ({ phone, lab }) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  await lab.dropsSockets(4);
  await expect(phone.inCall).toContainText("Reconnecting to Telnyx");
});

test("hung up with the socket down, the server ends it where Telnyx takes its commands", async ({ phone, lab }) => {
  await lab.takesCommands("accepted");
  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await expect.poll(async () => (await lab.call()).state).toBe("ended");
  await expect(phone.ended).not.toContainText("the line may stay open");
});

test("where it does not, the page says so and hangs up again when the call comes back", async ({ phone, lab, diary }) => {
  await lab.takesCommands("refused");
  await phone.hangsUp();
  await expect(phone.ended).toContainText("the line may stay open until it reconnects");
  expect((await lab.call()).state).toBe("answered");

  await expect.poll(async () => (await lab.call()).state, { timeout: 20_000 }).toBe("ended");
  await expect(phone.ended).not.toContainText("the line may stay open");
  expect(await diary.lines()).toContain("← attach");
  // Its screen did not come back with it.
  expect((await diary.lines()).filter((line) => line.startsWith("screen")).at(-1)).toBe("screen Call ended");
});
