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
