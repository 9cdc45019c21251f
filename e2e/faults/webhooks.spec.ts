import type { LabWebhook } from "../fixtures/lab.ts";
import { ANSWERED, expect, rings, starts, test, WE_HANG_UP } from "./faults.ts";

/** What a call makes Telnyx say, in the order in which it happens. */
const HAPPENS = ["call.initiated", "call.answered", "call.bridged", "call.hangup"];

/** How the webhooks about a call arrived: each time one did, and by how much later than it should. */
function arrivals(webhooks: LabWebhook[]): { type: string; at: number; late: number; status: number | null }[] {
  const each = webhooks.flatMap(({ event_type: type, occurred_at, requests }) =>
    requests.map(({ at, status }) => ({ type, at: Date.parse(at), late: Date.parse(at) - Date.parse(occurred_at), status })),
  );
  return each.toSorted((one, other) => one.at - other.at);
}

/** When this happened, in milliseconds by the lab's clock. */
function moment(webhooks: LabWebhook[], type: string): number {
  return Date.parse(webhooks.find(({ event_type }) => event_type === type)?.occurred_at ?? "");
}

/** What Telnyx's webhooks do, the number that does it, and what the lab's log then shows. */
const WAYS = [
  {
    how: "late",
    number: "+12025550122",
    shows: (webhooks: LabWebhook[]) => {
      expect(arrivals(webhooks).map(({ type }) => type).toSorted()).toEqual(HAPPENS.toSorted());
      expect(Math.min(...arrivals(webhooks).map(({ late }) => late))).toBeGreaterThanOrEqual(8_000);
    },
  },
  {
    how: "twice",
    number: "+12025550120",
    shows: (webhooks: LabWebhook[]) =>
      expect(arrivals(webhooks).map(({ type }) => type).toSorted()).toEqual([...HAPPENS, ...HAPPENS].toSorted()),
  },
  {
    how: "last first, after the call",
    number: "+12025550121",
    shows: (webhooks: LabWebhook[]) => {
      const came = arrivals(webhooks);
      expect(came.map(({ type }) => type)).toEqual(webhooks.map(({ event_type }) => event_type).toReversed());
      expect(came.map(({ type }) => type).toSorted()).toEqual(HAPPENS.toSorted());
      expect(Math.min(...came.map(({ at }) => at))).toBeGreaterThanOrEqual(moment(webhooks, "call.hangup"));
    },
  },
];

for (const { how, number, shows } of WAYS) {
  test(`webhooks that come ${how} give the row they would have given in order`, async ({
    phone,
    lab,
    server,
    diary,
    farEnd,
  }) => {
    const call = await rings(phone, lab, number);
    await lab.waits(2);
    await expect(phone.talkTime).toHaveText("0:02");
    await phone.hangsUp();
    await expect(phone.says(phone.ended)).toContainText("you hung up");
    await farEnd.knows(call, { state: "ended" });
    await farEnd.wrote(...ANSWERED, ...WE_HANG_UP);
    await lab.waits(30);
    const delivered = async () => (await lab.webhooksAbout(call)).every(({ progress }) => progress === "delivered");
    await expect.poll(delivered).toBe(true);
    const webhooks = await lab.webhooksAbout(call);
    shows(webhooks);
    expect(new Set(arrivals(webhooks).map(({ status }) => status))).toEqual(new Set([200]));

    await expect.poll(async () => (await server.rowOf(call)).telnyx).toBe("heard");
    await expect.poll(async () => (await server.rowOf(call)).status).toBe("completed");
    const row = await server.rowOf(call);
    expect(row).toMatchObject({ outcome: "answered", with: { number } });
    // By Telnyx's word, however late it came: to the tenth of a second, and by no clock of ours.
    const talked = moment(webhooks, "call.hangup") - moment(webhooks, "call.answered");
    expect(talked).toBeGreaterThanOrEqual(2_000);
    expect(Math.abs((row.talk_ms ?? 0) - talked)).toBeLessThan(100);
    await phone.opensCalls();
    const rows = phone.page.getByRole("list", { name: "Calls" }).getByRole("listitem");
    await expect(rows.filter({ hasText: number.slice(-4) })).toHaveCount(1);
    await expect(phone.rowAbout(number)).toContainText("Answered");
    const seconds = Math.floor((row.talk_ms ?? 0) / 1000);
    await expect(phone.rowAbout(number)).toContainText(`${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, "0")}`);
    expect(starts(await diary.lines())).toBe(1);
  });
}

test("webhooks that are lost cost the second witness, not the call", async ({ phone, lab, farEnd, server }) => {
  await lab.webhooks("lose");
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toHaveText("0:02");
  await expect(phone.inCall).not.toContainText("Telnyx: answered");
  await lab.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("they hung up");
  const call = { id: (await lab.call()).call_id };
  await farEnd.knows(call, { state: "ended", hangup_source: "callee" });
  await farEnd.wrote(...ANSWERED, "← bye", "ok bye →");

  await expect.poll(async () => (await server.rowOf(call)).outcome).toBe("answered");
  const row = await server.rowOf(call);
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

  const call = { id: (await lab.call()).call_id };
  await expect.poll(async () => (await server.rowOf(call)).telnyx).toBe("heard");
  await expect(phone.rowAbout("+12025550107")).toContainText("Answered", { timeout: 15_000 });
  expect(await diary.lines()).toContain("screen In call");
  await farEnd.knows(call, { state: "ended", hangup_source: "callee" });
  await farEnd.wrote(...ANSWERED, "← bye", "ok bye →");
});
