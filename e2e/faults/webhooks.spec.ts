import { ANSWERED, expect, test } from "./faults.ts";

/** What Telnyx's webhooks do, and the number that does it. */
const WAYS = [
  { how: "late", number: "+12025550122", telnyx: "heard" },
  { how: "twice", number: "+12025550120", telnyx: "heard" },
  { how: "last first, after the call", number: "+12025550121", telnyx: "heard" },
] as const;

for (const { how, number, telnyx } of WAYS) {
  test(`webhooks that come ${how} give the row they would have given in order`, async ({
    phone,
    lab,
    server,
    diary,
    farEnd,
  }) => {
    await phone.dials(number);
    await expect(phone.says(phone.calling)).toHaveText("Ringing");
    await lab.waits(2);
    await expect(phone.talkTime).toHaveText("0:02");
    await phone.hangsUp();
    await expect(phone.says(phone.ended)).toContainText("you hung up");
    await farEnd.knows({ id: (await lab.call()).call_id }, { state: "ended" });
    await farEnd.wrote(...ANSWERED, "bye →", "← ok bye");
    await lab.waits(30);
    const sent = async () => (await lab.webhooksSent()).filter((webhook) => webhook.startsWith("call.hangup"));
    await expect.poll(async () => [...new Set(await sent())]).toEqual(["call.hangup delivered"]);

    await expect.poll(async () => (await server.newestRow()).telnyx).toBe(telnyx);
    await expect.poll(async () => (await server.newestRow()).status).toBe("completed");
    const row = await server.newestRow();
    expect(row).toMatchObject({ outcome: "answered", with: { number } });
    expect(row.talk_ms).toBeGreaterThanOrEqual(2_000);
    expect(row.talk_ms).toBeLessThan(4_000);
    await phone.opensCalls();
    const rows = phone.page.getByRole("list", { name: "Calls" }).getByRole("listitem");
    await expect(rows.filter({ hasText: number.slice(-4) })).toHaveCount(1);
    await expect(phone.newestRow).toContainText("Answered");
    await expect(phone.newestRow).toContainText(/0:0[23]/);
    expect((await diary.lines()).filter((line) => line === "timer 0:00")).toHaveLength(1);
  });
}

test("webhooks that are lost cost the second witness, not the call", async ({ phone, lab, farEnd, server }) => {
  await lab.webhooks("lose");
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toHaveText("0:02");
  await expect(phone.inCall).not.toContainText("Telnyx: answered");
  await lab.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("they hung up");
  await farEnd.knows({ id: (await lab.call()).call_id }, { state: "ended", hangup_source: "callee" });
  await farEnd.wrote(...ANSWERED, "← bye", "ok bye →");

  await expect.poll(async () => (await server.newestRow()).outcome).toBe("answered");
  const row = await server.newestRow();
  expect(row.talk_ms).toBeGreaterThanOrEqual(2_000);
  expect(row.telnyx).not.toBe("heard");
  expect((await lab.webhooksSent()).filter((webhook) => !webhook.endsWith(" lost"))).toEqual([]);
});

test("with the live stream down during the whole call the call is what the SDK says, and its row comes", async ({
  closedPhone: phone,
  lab,
  farEnd,
  server,
  diary,
}) => {
  await phone.page.route("**/api/live*", (route) => route.abort());
  await phone.opens();
  await phone.opensCalls();
  await expect(phone.page.getByText("this list may be out of date")).toBeVisible();
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toHaveText("0:01");
  await lab.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("they hung up");

  await expect.poll(async () => (await server.newestRow()).telnyx).toBe("heard");
  await expect(phone.newestRow).toContainText("Answered", { timeout: 15_000 });
  expect(await diary.lines()).toContain("screen In call");
  expect(await lab.call()).toMatchObject({ state: "ended", hangup_source: "callee" });
  await farEnd.wrote(...ANSWERED, "← bye", "ok bye →");
});
