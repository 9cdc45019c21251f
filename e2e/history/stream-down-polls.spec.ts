import { expect, test } from "../fixtures/test.ts";

test("with the live stream down the page asks, and the Play button still appears by itself", async ({
  closedPhone: phone,
  lab,
}) => {
  await phone.page.route("**/api/live*", (route) => route.abort());
  await phone.opens();
  await phone.dials("+12025550100");
  await expect(phone.talkTime).toHaveText("0:01");
  await phone.hangsUp();
  await phone.opensCalls();

  await lab.waits(5);

  // Asked every five seconds, after the server itself has fetched its copy.
  await expect(phone.play).toBeVisible({ timeout: 20_000 });
});
