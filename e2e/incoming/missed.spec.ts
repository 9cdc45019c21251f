import { expect, test } from "../fixtures/test.ts";

test("a caller who gives up is missed", async ({ phone, lab, server }) => {
  await lab.callsUser("+12025550107", await lab.lastUser());
  await expect(phone.incoming).toBeVisible();

  await lab.hangsUp();
  await expect(phone.incoming).toHaveCount(0);
  await expect(phone.says(phone.ended)).toContainText("you did not answer");

  await phone.opensCalls();
  await expect(phone.newestRow).toContainText(/Incoming:.*Missed/);
  await expect(phone.newestRow).not.toContainText("did not ring here");
  await expect.poll(() => server.newestRow()).toMatchObject({ outcome: "missed", ended_by: "them", telnyx: "heard" });
});
