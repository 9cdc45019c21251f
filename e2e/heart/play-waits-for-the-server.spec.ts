import { expect, test } from "../fixtures/test.ts";

test("no Play button before the server has the recording, and then without a reload", async ({
  phone,
  lab,
  server,
  diary,
}) => {
  await lab.webhooks("hold");
  await phone.dials("+12025550106");
  await expect(phone.talkTime).toHaveText("0:01");
  await phone.hangsUp();
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("processing");

  // The server asks Telnyx, too: once it has asked in vain, still nothing may be promised.
  const processing = async () => (await server.newestRow()).recording;
  expect(await processing()).toBe("processing");
  await expect.poll(async () => (await lab.webhooksSent()).includes("call.hangup held")).toBe(true);
  await expect(phone.play).toHaveCount(0);
  expect((await server.newestRow()).recording_url).toBeNull();

  await lab.waits(20);
  await lab.webhooks("deliver");

  await expect(phone.play).toBeVisible({ timeout: 20_000 });
  expect(await diary.lines()).toContain("invite →");
});
