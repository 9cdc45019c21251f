import { expect, test } from "../fixtures/test.ts";

test("a click changes no screen; the SDK's call does, and only its answer shows In call", async ({
  phone,
  lab,
  diary,
}) => {
  // Without the server's leave the SDK has no call yet: this is as long as the click is all there is.
  let allow: () => void = () => undefined;
  const allowed = new Promise<void>((done) => (allow = done));
  await phone.page.route("**/api/calls", async (route) => {
    if (route.request().method() === "POST") await allowed;
    await route.continue();
  });
  const asked = phone.page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/calls"));

  await phone.dials("+12025550108");
  await asked;
  await expect(phone.page.getByRole("button", { name: "Call", exact: true })).toHaveAttribute("aria-busy", "true");
  expect((await diary.lines()).filter((line) => line.startsWith("screen"))).toEqual(["screen Dialer"]);
  expect(await lab.calls()).toEqual([]);

  allow();
  await expect(phone.calling).toBeVisible();
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  await expect(phone.inCall).toHaveCount(0);

  await lab.answers();
  await expect(phone.inCall).toBeVisible();
  expect(await diary.before("← answer")).not.toContain("screen In call");
  expect((await diary.lines()).filter((line) => line.startsWith("screen"))).toEqual([
    "screen Dialer",
    "screen Calling",
    "screen In call",
  ]);
});
