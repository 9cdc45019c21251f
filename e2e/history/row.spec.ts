import { expect, test } from "../fixtures/test.ts";

test("a call that is over is a row with its number, how it went and how long they talked", async ({
  phone,
  lab,
  server,
}) => {
  await phone.dials("(202) 555-0100");
  await expect(phone.talkTime).toHaveText("0:02");
  await phone.hangsUp();
  await expect(phone.ended).toContainText(/Talked for 0:0[23]/);

  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("+1 202 555 0100");
  await expect(phone.newestRow).toContainText("Answered");
  await expect(phone.newestRow).toContainText(/0:0[23]/);

  await expect.poll(async () => (await server.newestRow()).telnyx).toBe("heard");
  const row = await server.newestRow();
  expect(row).toMatchObject({
    direction: "outgoing",
    with: { number: "+12025550100" },
    outcome: "answered",
    held_ms: null,
  });
  expect(row.talk_ms).toBeGreaterThanOrEqual(2000);
  expect(row.talk_ms).toBeLessThan(4000);
  expect(await lab.webhooksSent()).toContain("call.hangup delivered");
});
