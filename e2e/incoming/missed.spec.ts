import { expect, test } from "../fixtures/test.ts";

test("a caller who gives up is missed", async ({ phone, lab }) => {
  await lab.callsAgent("+12025550107");
  await expect(phone.incoming).toBeVisible();

  await lab.hangsUp();
  await expect(phone.incoming).toHaveCount(0);
  await expect(phone.says(phone.ended)).toContainText("you did not answer");
});
