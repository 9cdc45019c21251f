import { expect, test } from "../fixtures/test.ts";

test("declining ends it for both", async ({ phone, lab, server }) => {
  await lab.callsAgent("+12025550107");
  await expect(phone.incoming).toBeVisible();

  await phone.declines();
  await expect(phone.incoming).toHaveCount(0);
  await expect(phone.says(phone.ended)).toContainText("you declined");
  await expect.poll(async () => (await lab.call()).state).toBe("ended");

  await phone.opensCalls();
  await expect(phone.newestRow).toContainText(/Incoming:.*Declined/);
  await expect.poll(() => server.newestRow()).toMatchObject({ outcome: "declined", ended_by: "us", telnyx: "heard" });
  expect(await server.newestRow()).toMatchObject({ direction: "incoming", talk_ms: null });
});
