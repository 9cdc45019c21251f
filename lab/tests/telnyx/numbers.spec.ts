import { BUSY, TONE, type Wishes, refusal } from "./fixtures/calls.ts";
import { SOON } from "./fixtures/soon.ts";
import { expect, test } from "./fixtures/test.ts";

const LOST = "+12025550109";
const TWICE = "+12025550120";
const REVERSED = "+12025550121";
const LATE = "+12025550122";

const STORY = ["call.initiated", "call.answered", "call.hangup"];

test("a number's webhooks come twice, and are told by their id", async ({ telnyx, calls, control, receiver }) => {
  const { leg } = await calls.reaches(TWICE);
  await control.hangsUp(leg);
  for (const type of STORY) {
    const [first, second] = await receiver.hears(type, 2, leg);
    expect(second?.body).toEqual(first.body);
    await telnyx.webhooks.unwrap(second?.raw ?? "", { headers: second?.headers ?? {} });
  }
  expect(receiver.types(leg)).toEqual(STORY);
});

test("a number's webhooks come after the call, last first", async ({ calls, control, receiver }) => {
  const { leg } = await calls.dials(REVERSED);
  await control.advances(1.5);
  expect((await control.leg(leg)).state).toBe("answered");
  expect(receiver.received).toEqual([]);
  await control.hangsUp(leg);
  await receiver.hears("call.initiated", 1, leg);
  expect(receiver.received.map(({ body }) => body.data.event_type)).toEqual(STORY.toReversed());
  expect(receiver.types(leg)).toEqual(STORY);
});

test("a number's webhooks come eight seconds late", async ({ calls, control, receiver }) => {
  const { leg } = await calls.dials(LATE);
  await control.advances(5);
  expect((await control.leg(leg)).state).toBe("answered");
  expect(receiver.received).toEqual([]);
  await control.advances(3);
  await receiver.hears("call.initiated", 1, leg);
  await control.advances(1.5);
  await receiver.hears("call.answered", 1, leg);
});

test("a number's webhooks are lost, but can be read in the log of the call", async ({ telnyx, calls, control, receiver }) => {
  const { leg } = await calls.dials(LOST);
  await control.advances(1.5);
  await control.hangsUp(leg);
  const { data } = await telnyx.callEvents.list({ filter: { leg_id: leg, type: "webhook" } });
  expect(data.map(({ name }) => name)).toEqual(STORY);
  expect(await control.webhooksSent()).toEqual(STORY.map((type) => `${type} lost`));
  expect(receiver.received).toEqual([]);
});

test("a number does what it is told to from now on", async ({ calls, control, receiver }) => {
  const busy = { after: "invite", ms: 100, do: { refuse: "busy" } };
  await control.number(TONE, { note: "busy today", steps: [busy] });
  const { leg } = await calls.dials(TONE);
  await control.advances(0.1);
  expect(await receiver.payload("call.hangup", leg)).toMatchObject({ hangup_cause: "user_busy" });
});

test("a dial may send its webhooks somewhere else, each type to its own address", async ({ telnyx, calls, control, receiver }) => {
  const wishes = {
    webhook_url: receiver.url("/mine"),
    webhook_urls: { "call.answered": [receiver.url("/answered")] },
  };
  const { leg } = await calls.reaches(TONE, wishes);
  await control.hangsUp(leg);
  await receiver.hears("call.hangup", 1, leg);
  const paths = STORY.map((type) => receiver.of(type, leg).map(({ path }) => path));
  expect(paths).toEqual([["/mine"], ["/answered"], ["/mine"]]);

  const incoming = await calls.comesFrom(TONE);
  await telnyx.calls.actions.answer(incoming.control, { webhook_url: receiver.url("/answering") });
  const [{ path }] = await receiver.hears("call.answered", 1, incoming.leg);
  expect(path).toBe("/answering");

  const two = { webhook_urls: { "call.hangup": [receiver.url(), receiver.url("/2")] } } as Wishes;
  expect(await refusal(calls.dials(BUSY, two))).toBe("422 10015 /webhook_urls");
  const get = { webhook_url: receiver.url(), webhook_url_method: "GET" } as const;
  expect(await refusal(calls.dials(BUSY, get))).toBe("422 10015 /webhook_url_method");
});

test("a dial may say how often its webhooks are tried again, and when", async ({ calls, control, receiver }) => {
  receiver.answersWith([500, 500, 500, 500], "/mine");
  const webhook_retries_policies = { "call.hangup": { retries_ms: [30_000, 30_000] } };
  const { leg } = await calls.dials(BUSY, { webhook_urls: { "call.hangup": [receiver.url("/mine")] }, webhook_retries_policies });
  await control.advances(1);
  await receiver.hears("call.hangup", 1, leg);
  const attempts = async () => {
    const hangup = (await control.webhooksOf(leg)).find(({ event_type }) => event_type === "call.hangup");
    return { progress: hangup?.progress, statuses: hangup?.requests.map(({ status }) => status) };
  };
  await expect.poll(attempts, SOON).toEqual({ progress: "underway", statuses: [500] });
  await control.advances(16);
  expect(receiver.of("call.hangup", leg)).toHaveLength(1);
  await control.advances(14);
  await expect.poll(attempts, SOON).toEqual({ progress: "underway", statuses: [500, 500] });
  await control.advances(30);
  await expect.poll(attempts, SOON).toEqual({ progress: "given_up", statuses: [500, 500, 500] });

  for (const retries_ms of [[1, 1, 1, 1, 1, 1], [30_000, 30_001], [-1], [0.5]]) {
    const policies = { webhook_retries_policies: { "call.hangup": { retries_ms } } };
    expect(await refusal(calls.dials(BUSY, policies))).toBe("422 10015 /webhook_retries_policies");
  }
});

test("an application's webhooks are tried again, its failover in between, until somebody takes them", async ({
  telnyx,
  calls,
  control,
  receiver,
}) => {
  await telnyx.callControlApplications.update(calls.application, {
    application_name: "Tono",
    webhook_event_url: receiver.url("/first"),
    webhook_event_failover_url: receiver.url("/second"),
  });
  receiver.answersWith([503, 408], "/first");
  receiver.answersWith([429, 200], "/second");
  await control.webhooks({ per_type: { "call.initiated": "lose" } });
  const { leg } = await calls.dials(BUSY);
  await control.advances(1);
  await receiver.hears("call.hangup", 2, leg);
  await control.advances(1);
  const tries = await receiver.hears("call.hangup", 4, leg);
  expect(tries.map(({ path, body }) => `${body.meta.attempt} ${path}`)).toEqual([
    "1 /first",
    "2 /second",
    "3 /first",
    "4 /second",
  ]);
  await expect.poll(() => control.webhooksSent(), SOON).toEqual(["call.initiated lost", "call.hangup delivered"]);
});

test("whether a webhook that is refused comes again, and under which id, the switches say", async ({
  calls,
  control,
  receiver,
}) => {
  await control.webhooks({ per_type: { "call.initiated": "lose" } });
  receiver.answersWith([403]);
  const refused = await calls.dials(BUSY);
  await control.advances(1);
  await expect.poll(() => control.webhooksSent(), SOON).toContain("call.hangup given_up");
  expect(receiver.of("call.hangup", refused.leg)).toHaveLength(1);

  await control.switches({ webhook_4xx: "retried", webhook_id: "each_attempt" });
  receiver.answersWith([403]);
  const { leg } = await calls.dials(BUSY);
  await control.advances(1);
  await receiver.hears("call.hangup", 1, leg);
  await control.advances(1);
  const [first, second] = await receiver.hears("call.hangup", 2, leg);
  expect([first.body.meta.attempt, second?.body.meta.attempt]).toEqual([1, 2]);
  expect(second?.body.data.id).not.toBe(first.body.data.id);
});
