import { isDeepStrictEqual } from "node:util";

import { expect, test } from "./faults.ts";

test("a call that comes in while one is dialled rings beside it, and declining it leaves that alone", async ({
  phone,
  lab,
}) => {
  await phone.dials("+12025550108");
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  const mine = (await lab.call()).call_id;

  const theirs = (await lab.callsAgent("+12025550101")).call_id;
  await expect(phone.incoming).toContainText("+1 202 555 0101");
  await expect(phone.calling).toContainText("+1 202 555 0108");
  await phone.declines();

  await expect(phone.incoming).toHaveCount(0);
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  await expect.poll(async () => (await lab.callOf({ id: theirs })).state).toBe("ended");
  expect((await lab.callOf({ id: mine })).state).toBe("ringing");
  const byes = (await lab.wire()).filter(({ message }) => message.method === "telnyx_rtc.bye");
  expect(byes.map(({ direction }) => direction)).toEqual(["from_browser"]);
});

test("a call that comes in while one is dialled can be taken, and whoever answers then finds nobody louder", async ({
  phone,
  lab,
  farEnd,
}) => {
  await phone.dials("+12025550108");
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  const mine = { id: (await lab.call()).call_id };
  const theirs = { id: (await lab.callsAgent("+12025550101")).call_id };
  await phone.answers();
  await expect(phone.inCall).toContainText("+1 202 555 0101");
  await expect(phone.beside).toContainText("+1 202 555 0108");
  await farEnd.knows(theirs, { state: "answered" });

  await lab.answersCall(mine);

  // It is held at once: one talks, and one is heard.
  await farEnd.knows(mine, { state: "held" });
  await expect(phone.beside).toContainText("On hold");
  await expect(phone.inCall).toContainText("+1 202 555 0101");
  await expect(phone.page.locator("body > audio")).toHaveCount(1);
  await farEnd.neverWrote("bye →", "← bye");
});

test("a caller who gives up while we talk leaves the talk as it was", async ({ phone, lab, farEnd, diary }) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  const talk = { id: (await lab.call()).call_id };
  const other = { id: (await lab.callsAgent("+12025550101")).call_id };
  await expect(phone.incoming).toBeVisible();

  await lab.waits(30);

  await expect(phone.incoming).toHaveCount(0);
  await farEnd.knows(other, { state: "ended" });
  await farEnd.knows(talk, { state: "answered" });
  await farEnd.neverWrote("modify →");
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await expect(phone.inCall).toContainText("Sound connected");
  expect((await diary.lines()).filter((line) => line === "timer 0:00")).toHaveLength(1);
});

test("with four calls the fifth hears that we are busy, never rings, and is in the history as missed", async ({
  phone,
  lab,
  farEnd,
  server,
}) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  const talk = { id: (await lab.call()).call_id };
  for (const [count, from] of ["+12025550100", "+12025550101", "+12025550105"].entries()) {
    await lab.callsAgent(from);
    await expect(phone.incoming).toHaveCount(count + 1);
  }

  const fifth = { id: (await lab.callsAgent("+12025550106")).call_id };
  await farEnd.knows(fifth, { state: "ended" });
  await expect(phone.incoming).toHaveCount(3);
  await expect(phone.incoming.filter({ hasText: "+1 202 555 0106" })).toHaveCount(0);
  // Not the newest row: the lab's clock is ahead of the browser's once a spec has moved it.
  const from = { number: "+12025550106" };
  const ofTheFifth = async () =>
    (await server.rows()).find((row) => row.direction === "incoming" && isDeepStrictEqual(row.with, from));
  await expect.poll(ofTheFifth).toMatchObject({ outcome: "missed" });
  await farEnd.knows(talk, { state: "answered" });
  await expect(phone.says(phone.inCall)).toHaveText("In call");
});
