import { expect, test } from "../fixtures/test.ts";

test("a call of which Telnyx says nothing is called out, with what to check", async ({ phone, lab, server }) => {
  await phone.dials("+12025550109");
  await expect(phone.talkTime).toHaveText("0:01");
  await phone.hangsUp();
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("Answered");

  // The server gives Telnyx ten seconds.
  await expect(phone.newestRow).toContainText("No word from Telnyx", { timeout: 20_000 });
  await expect(phone.newestRow).toContainText("webhook URL");
  expect(await server.newestRow()).toMatchObject({ telnyx: "missing", outcome: "answered" });
  const sent = await lab.webhooksSent();
  expect(sent.filter((webhook) => !webhook.endsWith(" lost"))).toEqual([]);
});
