import { Ears } from "../fixtures/ears.ts";
import { expect, test } from "../fixtures/test.ts";

test("a call that comes in rings, and is a call once the network says so", async ({ phone, lab, diary }) => {
  await lab.callsAgent("+12025550107");
  await expect(phone.incoming).toContainText("+1 202 555 0107");
  await expect(phone.inCall).toHaveCount(0);

  await phone.answers();
  await expect(phone.inCall).toContainText("+1 202 555 0107");
  await expect(phone.incoming).toHaveCount(0);
  await expect(phone.talkTime).toHaveText(/^0:0/);
  await expect(phone.inCall).toContainText("Sound connected");
  const ears = await Ears.toTheFarEnd(phone.page);
  await expect.poll(async () => Math.abs((await ears.pitch()) - 440), { timeout: 10_000 }).toBeLessThan(10);
  expect(await diary.before("answer →")).not.toContain("screen In call");

  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await expect.poll(async () => (await lab.call()).state).toBe("ended");
});

test("a call that came in is one row of the history, with both witnesses and how long it took", async ({
  phone,
  lab,
  server,
}) => {
  const call = await lab.callsUser("+12025550107", await lab.lastUser());
  await expect(phone.incoming).toBeVisible();
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("+1 202 555 0107");
  await expect(phone.newestRow).toContainText(/Incoming:.*Ringing/);

  await phone.answers();
  await expect(phone.talkTime).toHaveText("0:02");
  const hold = phone.page.getByRole("button", { name: "Hold" });
  await hold.click();
  await expect(phone.says(phone.inCall)).toHaveText("On hold");
  await expect(phone.talkTime).toHaveText("0:04");
  await hold.click();
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await lab.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("they hung up");

  await expect(phone.newestRow).toContainText(/Incoming:.*Answered.*0:0\d.*on hold 0:0\d/);
  await expect.poll(async () => (await server.newestRow()).telnyx).toBe("heard");
  const row = await server.newestRow();
  expect(row).toMatchObject({
    direction: "incoming",
    with: { number: "+12025550107" },
    outcome: "answered",
    ended_by: "them",
    ids: { call_control_id: call.call_control_id },
    aliases: [call.call_id],
  });
  expect(row.held_ms).toBeGreaterThan(0);
  expect(row.talk_ms).toBeGreaterThanOrEqual(Number(row.held_ms));
  expect((await server.rows()).filter(({ ids }) => ids.call_leg_id === call.call_leg_id)).toHaveLength(1);
});
