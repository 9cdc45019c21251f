import { expect, test } from "../fixtures/test.ts";

/** Another account's key: every webhook is refused, with 401. */
test.use({
  stackName: "unseen-wrong-key",
  settings: { TONO_PUBLIC_KEY: "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" },
});

for (const value of ["final", "retried"]) {
  test(`webhooks that are refused leave the call to the browser's word where webhook_4xx is ${value}`, async ({
    phone,
    lab,
    server,
  }) => {
    await lab.switches({ webhook_4xx: value });
    await phone.dials("+12025550107");
    await expect(phone.talkTime).toHaveText("0:01");
    await phone.hangsUp();
    await expect.poll(async () => (await lab.call()).state).toBe("ended");
    const untilAllIsGivenUp = async () => {
      await lab.waits(10);
      const sent = await lab.webhooksSent();
      return sent.length >= 4 && sent.every((webhook) => webhook.endsWith(" given_up"));
    };
    await expect.poll(untilAllIsGivenUp, { timeout: 20_000 }).toBe(true);
    const attempts = await lab.webhookAttempts();
    expect(new Set(attempts)).toEqual(value === "final" ? new Set([1]) : new Set([Math.max(...attempts)]));
    expect(Math.max(...attempts) > 1).toBe(value === "retried");
    // What Telnyx's own list has is asked for all the same.
    await expect
      .poll(async () => server.newestRow(), { timeout: 30_000 })
      .toMatchObject({ outcome: "answered", ended_by: "us", telnyx: "missing" });
    await expect.poll(async () => (await server.newestRow()).recording_url, { timeout: 20_000 }).not.toBeNull();
  });
}
