import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, test } from "../fixtures/gateway.ts";
import { transcript } from "../fixtures/transcript.ts";

test("a reply to INVITE that is late holds up the call and nothing else", async ({ agent, lab, farEnd }) => {
  await lab.teaches("+12025550199", {
    program: "tone",
    invite_reply: { late: { ms: 20_000 } },
    steps: [
      { after: "invite", ms: 0, do: "ring" },
      { after: "invite", ms: 1_500, do: "answer" },
    ],
  });
  const call = await agent.dials("+12025550199");
  await call.goesThrough("new", "requesting");
  await expect.poll(async () => transcript(await lab.wire())).toEqual(["invite →"]);

  await lab.waits(20);
  await call.goesThrough("new", "requesting", "trying");
  await lab.waits(2);
  await call.goesThrough("new", "requesting", "trying", "active");
  const [, ...later] = transcript(await lab.wire());
  expect(later.filter((line) => line.startsWith("←"))).toEqual(["← ok invite", "← ringing", "← answer"]);
  await agent.hears(440);
  await farEnd.hears(call, BEEP_HZ);
});
