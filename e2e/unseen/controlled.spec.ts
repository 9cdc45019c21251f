import { CONTROLLED } from "../fixtures/stack.ts";
import { expect, test } from "../fixtures/test.ts";
import { type Switches, told } from "./switches.ts";

test.use({ stackName: "unseen-controlled", settings: CONTROLLED });

const EITHER_WAY: Switches[] = [
  { bridge_unanswered: "refused" },
  { bridge_unanswered: "answers" },
  { bridge_fails: 1 },
  { bridge_fails: 2 },
  { sdk_client_state: "lost" },
  { sdk_custom_headers: "sip_headers" },
  { sdk_client_state: "lost", sdk_custom_headers: "sip_headers" },
  { rest_hangup_source: "callee" },
  { rest_hangup_source: "unknown" },
];

for (const switches of EITHER_WAY) {
  test(`a call is put through, recorded and one row where ${told(switches)}`, async ({ phone, lab, server }) => {
    const known = (await server.rows()).length;
    await lab.switches(switches);
    await phone.dials("+12025550107");
    await expect(phone.talkTime).toHaveText("0:01");
    await phone.hangsUp();
    await expect.poll(async () => (await lab.legs()).map(({ state }) => state)).toEqual(["ended", "ended"]);
    await lab.waits(5);
    const news = async () => {
      const rows = await server.rows();
      return rows.slice(0, rows.length - known);
    };
    await expect
      .poll(news, { timeout: 25_000 })
      .toMatchObject([{ status: "completed", outcome: "answered", ended_by: "us", telnyx: "heard" }]);
  });
}

for (const answer of ["same_ids", "other_ids", "ok"]) {
  test(`a dial whose answer was lost calls the number once where its repetition is answered ${answer}`, async ({
    phone,
    lab,
    server,
  }) => {
    const known = (await server.rows()).length;
    await lab.switches({ duplicate_dial: answer });
    await lab.restFaults([{ method: "POST", path: "/v2/calls", fault: "close_after" }]);
    // Its webhooks are late, or they would say what the answer did not.
    await phone.dials("+12025550122");
    const dials = async () => {
      await lab.waits(2);
      return (await lab.commands()).filter((command) => command === "dial").length;
    };
    await expect.poll(dials, { timeout: 20_000 }).toBe(2);
    await expect
      .poll(
        async () => {
          await lab.waits(2);
          return phone.inCall.isVisible();
        },
        { timeout: 20_000 },
      )
      .toBe(true);
    expect(await lab.commands()).toEqual(["dial", "dial", "answer", "bridge"]);
    expect((await lab.legs()).filter(({ end }) => end === "person")).toHaveLength(1);
    await phone.hangsUp();
    await expect.poll(async () => (await lab.legs()).map(({ state }) => state)).toEqual(["ended", "ended"]);
    await lab.waits(10);
    await expect.poll(async () => server.newestRow()).toMatchObject({ outcome: "answered", ended_by: "us" });
    expect(await server.rows()).toHaveLength(known + 1);
  });
}
