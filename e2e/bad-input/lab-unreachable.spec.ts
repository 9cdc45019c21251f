import { expect, test } from "../fixtures/test.ts";

// This spec stops the lab, so it has one of its own.
test.use({ stackName: "lab-unreachable" });

test("with Telnyx gone the page says so and dials nothing; once back, it is ready by itself", async ({
  closedPhone: phone,
  stack,
  wire,
}) => {
  await stack.lab.stop();
  await phone.page.goto("/");
  await expect(phone.line("Telnyx does not answer")).toBeVisible();

  await phone.dials("+12025550100");
  await expect(phone.complaint).toContainText("Not connected to Telnyx yet");
  expect(wire.calls()).toEqual([]);

  await stack.lab.start();
  await expect(phone.line("Ready")).toBeVisible({ timeout: 40_000 });
  await phone.dials("+12025550100");
  await expect(phone.inCall).toBeVisible();
});
