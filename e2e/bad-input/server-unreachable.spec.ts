import { expect, test } from "../fixtures/test.ts";

// This spec stops the server, so it has one of its own.
test.use({ stackName: "server-unreachable" });

test("with our server gone nothing is dialled and the page says so; once back, the same number goes out", async ({
  phone,
  lab,
  wire,
  stack,
}) => {
  await stack.server.stop();
  await phone.dials("+12025550100");
  await expect(phone.complaint).toContainText("The Tono server does not answer");
  await expect(phone.dialer).toBeVisible();
  expect(await lab.calls()).toEqual([]);
  expect(wire.calls()).toEqual([]);

  await stack.server.start();
  await phone.dials("+12025550100");
  await expect(phone.inCall).toBeVisible();
});
