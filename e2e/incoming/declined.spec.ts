import { expect, test } from "../fixtures/test.ts";

test("declining ends it for both", async ({ phone, lab }) => {
  await lab.callsAgent("+12025550107");
  await expect(phone.incoming).toBeVisible();

  await phone.declines();
  await expect(phone.incoming).toHaveCount(0);
  await expect(phone.says(phone.ended)).toContainText("you declined");
  await expect.poll(async () => (await lab.call()).state).toBe("ended");
});
