import { expect, test } from "../fixtures/test.ts";

test("a recording that is deleted leaves the page by itself, and its row says so", async ({ phone, lab, server }) => {
  await phone.dials("+12025550100");
  await expect(phone.talkTime).toHaveText("0:01");
  await expect(phone.inCall).toContainText("Being recorded");
  await phone.hangsUp();
  await lab.waits(5);
  await phone.opensCalls();
  await expect(phone.play).toBeVisible({ timeout: 20_000 });
  expect((await lab.call()).recording).toMatchObject({ state: "saved" });
  const { id } = await server.newestRow();

  const answer = await phone.page.request.delete(`/api/calls/${id}/recording`);
  expect(answer.status()).toBe(204);
  await expect(phone.newestRow).toContainText("Recording deleted");
  await expect(phone.play).toHaveCount(0);
  expect((await phone.page.request.get(`/api/calls/${id}/recording`)).status()).toBe(410);
  // At Telnyx, too.
  await expect.poll(async () => (await lab.call()).recording.id).toBeNull();
});

/** The words of each state; what brings each about is the server's to test. */
const WORDS: [recording: unknown, words: string][] = [
  ["expected", "Being recorded"],
  ["processing", "Recording: processing"],
  [{ failed: { reason: "the storage is full" } }, "There is no recording: something failed on the way"],
  ["missing", "No recording arrived"],
  ["deleted", "Recording deleted"],
];

test("every state of a recording has its words", async ({ closedPhone: phone, lab: _lab }) => {
  let state: unknown = "none";
  await phone.page.route("**/api/live*", (route) => route.abort());
  await phone.page.route("**/api/calls", async (route) => {
    if (route.request().method() !== "GET") return route.continue();
    const answer = await route.fetch();
    const calls = (await answer.json()) as { rows: Record<string, unknown>[] };
    for (const row of calls.rows) Object.assign(row, { recording: state, recording_url: null });
    return route.fulfill({ response: answer, json: calls });
  });
  await phone.opens();
  await phone.dials("+12025550101");
  await phone.hangsUp();
  for (const [recording, words] of WORDS) {
    state = recording;
    await phone.page.reload();
    await phone.opensCalls();
    await expect(phone.newestRow).toContainText(words);
    await expect(phone.play).toHaveCount(0);
  }
  state = "none";
  await phone.page.reload();
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("+1 202 555 0101");
  await expect(phone.newestRow).not.toContainText(/record/i);
});
