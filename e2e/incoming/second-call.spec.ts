import { expect, test } from "../fixtures/test.ts";

test("of two calls one talks and the other is held, and they change places", async ({ phone, lab, server }) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  const first = (await lab.call()).call_id;
  const stateOfFirst = async () => (await lab.calls()).find(({ call_id }) => call_id === first)?.state;

  await lab.callsAgent("+12025550101");
  await expect(phone.incoming).toContainText("Answering puts the other call on hold");
  await expect(phone.inCall).toContainText("+1 202 555 0107");

  await phone.answers();
  await expect(phone.inCall).toContainText("+1 202 555 0101");
  await expect(phone.beside).toContainText("+1 202 555 0107");
  await expect(phone.beside).toContainText("On hold");
  await expect.poll(stateOfFirst).toBe("held");
  // One voice at a time, whatever the network does.
  await expect(phone.page.locator("body > audio")).toHaveCount(1);

  await phone.beside.getByRole("button", { name: "Switch" }).click();
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await expect(phone.inCall).toContainText("+1 202 555 0107");
  await expect(phone.beside).toContainText("+1 202 555 0101");
  await expect(phone.beside).toContainText("On hold");
  await expect.poll(stateOfFirst).toBe("answered");

  await phone.hangsUp();
  await expect(phone.says(phone.inCall)).toHaveText("On hold");
  await expect(phone.inCall).toContainText("+1 202 555 0101");
  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await expect.poll(async () => (await lab.calls()).every(({ state }) => state === "ended")).toBe(true);

  const rows = async () => (await server.rows()).slice(0, 2);
  await expect.poll(async () => (await rows()).map(({ telnyx }) => telnyx)).toEqual(["heard", "heard"]);
  expect(await rows()).toMatchObject([
    { direction: "incoming", with: { number: "+12025550101" }, outcome: "answered" },
    { direction: "outgoing", with: { number: "+12025550107" }, outcome: "answered" },
  ]);
  for (const { held_ms } of await rows()) expect(held_ms).toBeGreaterThan(0);
});

test("a second call while one talks is declined, and is a row of its own", async ({ phone, lab, server }) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  await lab.callsUser("+12025550101", await lab.lastUser());
  await expect(phone.incoming).toBeVisible();

  await phone.declines();
  await expect(phone.incoming).toHaveCount(0);
  await expect(phone.inCall).toContainText("+1 202 555 0107");
  await expect
    .poll(async () => (await server.rows()).slice(0, 2))
    .toMatchObject([{ direction: "incoming", outcome: "declined" }, { direction: "outgoing", outcome: null }]);
  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await expect.poll(async () => (await server.rows())[1]?.outcome).toBe("answered");
});
