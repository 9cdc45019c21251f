import { CONTROLLED } from "../fixtures/stack.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({
  stackName: "policy",
  settings: { ...CONTROLLED, TONO_ALLOWED_PREFIXES: "+1", TONO_BLOCKED_NUMBERS: "+12025550106", TONO_CALLS_AT_ONCE: "1" },
});

test("a number that may not be called is not, and the page says why under it", async ({ phone, lab }) => {
  await phone.dials("+34910123456");
  await expect(phone.complaint).toHaveText("Calls to this country are not allowed.");
  await phone.dials("+12025550106");
  await expect(phone.complaint).toHaveText("This number may not be called.");
  await expect(phone.dialer).toBeVisible();
  expect(await lab.legs()).toEqual([]);
});

test("one call more than allowed is refused while the first goes on", async ({ phone, lab, server }) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toBeVisible();
  await phone.page.getByRole("button", { name: "Add call" }).click();
  await phone.dials("+12025550101");
  await expect(phone.page.getByRole("alert")).toHaveText("Too many calls at once. End one first.");
  expect((await lab.legs()).filter(({ state }) => state === "answered").length).toBe(2);
  // The lab forgets it without a word: the server would count it among those that go on.
  await lab.customerHangsUp();
  await expect.poll(async () => (await server.newestRow()).outcome).toBe("answered");
});

test("what a browser dials without asking is hung up, and nobody is called", async ({ phone, lab }) => {
  // The SDK is told another number than our server was asked for.
  await phone.page.routeWebSocket(/./, (socket) => {
    const far = socket.connectToServer();
    socket.onMessage((message) => {
      far.send(typeof message === "string" ? message.replaceAll("+12025550107", "+19005550100") : message);
    });
  });
  await phone.page.reload();
  await phone.line("Ready").waitFor();
  await phone.dials("+12025550107");
  await expect(phone.says(phone.ended)).toContainText("this call is not allowed");
  await expect.poll(async () => (await lab.legs()).map(({ state, end }) => `${end} ${state}`)).toEqual(["browser ended"]);
  expect(await lab.commands()).toEqual(["hangup"]);
});
