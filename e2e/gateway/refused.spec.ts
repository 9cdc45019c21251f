import { expect, test } from "../fixtures/gateway.ts";

/** Numbers that do not answer. `rings` is for how many seconds they do; `said` is the SDK's word, `webhook` Telnyx's. */
const REFUSALS = [
  {
    what: "a busy number",
    number: "+12025550102",
    rings: null,
    said: { cause: "USER_BUSY", causeCode: 17, sipCode: 486, sipReason: "Busy Here" },
    webhook: "user_busy",
  },
  {
    what: "a number nobody answers",
    number: "+12025550103",
    rings: 30,
    said: { cause: "NO_ANSWER", causeCode: 19, sipCode: 480, sipReason: "Temporarily Unavailable" },
    webhook: "no_answer",
  },
  {
    what: "a number that declines",
    number: "+12025550104",
    rings: 2,
    said: { cause: "CALL_REJECTED", causeCode: 21, sipCode: 603, sipReason: "Decline" },
    webhook: "call_rejected",
  },
  {
    what: "a number nobody has",
    number: "+12025550199",
    rings: null,
    said: { cause: "UNALLOCATED_NUMBER", causeCode: 1, sipCode: 404, sipReason: "Not Found" },
    webhook: "not_found",
  },
];

for (const { what, number, rings, said, webhook } of REFUSALS) {
  test(`${what} ends the call with ${said.cause}, SIP ${said.sipCode}`, async ({ agent, lab, farEnd }) => {
    const call = await agent.dials(number);
    if (rings !== null) {
      await call.isTold("ringing");
      await lab.waits(rings);
    }

    await call.goesThrough("new", "requesting", "trying", "hangup", "destroy");
    expect(await call.update()).toMatchObject(said);
    await farEnd.knows(call, { state: "ended", hangup_cause: webhook, hangup_source: "callee", sip_code: said.sipCode });
    const ringing = rings !== null ? ["← ringing", "ok ringing →"] : [];
    await farEnd.wrote("invite →", "← ok invite", ...ringing, "← bye", "ok bye →");
    await farEnd.sentWebhooks(call, "call.initiated", "call.hangup");
    expect(await lab.webhook(call, "call.hangup")).toMatchObject({ hangup_cause: webhook });
    expect(await agent.errors()).toEqual([]);
  });
}
