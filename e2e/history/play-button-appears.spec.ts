import { expect, test } from "../fixtures/test.ts";

test("the Play button appears by itself once the recording is there", async ({ phone, lab, server, diary }) => {
  await phone.dials("+12025550106");
  await expect(phone.talkTime).toHaveText("0:01");
  await phone.hangsUp();
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("processing");
  await expect(phone.play).toHaveCount(0);

  await lab.waits(20);

  await expect(phone.play).toBeVisible();
  expect(await server.newestRow()).toMatchObject({ status: "completed", telnyx: "heard" });
  expect(await lab.call()).toMatchObject({ recording: { state: "saved" } });
  // The diary is the document's own: a reload would have begun a new one.
  expect(await diary.lines()).toContain("invite →");
});
