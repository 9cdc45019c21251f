import { CONTROLLED } from "../fixtures/stack.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ stackName: "controlled", settings: CONTROLLED });

test("giving up while it rings there ends both legs, and the row says cancelled", async ({ phone, lab }) => {
  await phone.dials("+12025550108");
  await expect.poll(async () => (await lab.legs()).filter(({ state }) => state === "ringing").length).toBe(2);

  await phone.hangsUp();

  await expect(phone.says(phone.ended)).toContainText("you hung up before an answer");
  await expect.poll(async () => (await lab.legs()).map(({ state }) => state)).toEqual(["ended", "ended"]);
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("Cancelled");
});

test("hanging up in call ends both legs", async ({ phone, lab, server }) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toBeVisible();
  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await expect.poll(async () => (await lab.legs()).map(({ state }) => state)).toEqual(["ended", "ended"]);
  await expect.poll(async () => (await server.newestRow()).outcome).toBe("answered");
});

test("when they hang up both legs end, and the screen says who it was", async ({ phone, lab }) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toBeVisible();
  await lab.customerHangsUp();
  await expect(phone.says(phone.ended)).toContainText("they hung up");
  await expect.poll(async () => (await lab.legs()).map(({ state }) => state)).toEqual(["ended", "ended"]);
});

test("with the socket down the server ends both legs all the same", async ({ phone, lab }) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toBeVisible();
  await lab.dropsSockets(30);
  await phone.line(/Reconnecting/).waitFor();
  await phone.hangsUp();
  await expect.poll(async () => (await lab.legs()).map(({ state }) => state)).toEqual(["ended", "ended"]);
  await expect(phone.ended).toBeVisible();
});

test("a customer who answers while the agent gives up is not left alone", async ({ phone, lab }) => {
  await phone.dials("+12025550108");
  await expect.poll(async () => (await lab.legs()).filter(({ state }) => state === "ringing").length).toBe(2);
  await lab.webhooks("hold");
  await lab.customerAnswers();
  await phone.hangsUp();
  await expect(phone.ended).toBeVisible();
  await lab.webhooks("deliver");
  await expect.poll(async () => (await lab.legs()).map(({ state }) => state)).toEqual(["ended", "ended"]);
});
