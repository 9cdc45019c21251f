import { expect, test } from "./faults.ts";

test("a server that fails for a while has the browser's word once it is back", async ({ phone, lab, server }) => {
  let failed = 0;
  await phone.page.route("**/facts", (route) => {
    failed += 1;
    return route.fulfill({ status: 503, json: { code: "internal", message: "the server took too long" } });
  });
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  const hold = phone.inCallButton("Hold");
  await hold.click();
  await expect(phone.says(phone.inCall)).toHaveText("On hold");
  await hold.click();
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await lab.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("they hung up");
  await expect.poll(async () => (await server.newestRow()).outcome).toBe("answered");
  const { id, rang_ms, held_ms } = await server.newestRow();
  expect([rang_ms, held_ms]).toEqual([null, null]);
  expect(await server.witnessed(id)).toEqual([]);
  // It is tried again, though nothing new is to be said.
  const soFar = failed;
  await expect.poll(() => failed).toBeGreaterThan(soFar);

  // Not even a reload loses it.
  await phone.page.reload();
  await phone.line("Ready").waitFor();
  expect(await server.witnessed(id)).toEqual([]);
  await phone.page.unroute("**/facts");
  await expect
    .poll(async () => (await server.witnessed(id)).sort())
    .toEqual(["active", "dialled", "ended", "held", "rang", "resumed"]);
  const row = await server.newestRow();
  expect(row.held_ms).toBeGreaterThan(0);
  expect(row.rang_ms).not.toBeNull();
});

test("what the server finds wrong is not said again, and stands in the way of nothing", async ({ phone, lab, server }) => {
  let refused = 0;
  await phone.page.route("**/facts", (route) => {
    refused += 1;
    return route.fulfill({ status: 400, json: { code: "bad_request", message: "no such fact" } });
  });
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  await lab.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("they hung up");
  await expect.poll(() => refused).toBeGreaterThan(0);
  const { id: first } = await server.newestRow();
  // The page has nothing left to say of it.
  await expect.poll(() => phone.page.evaluate(() => sessionStorage.getItem("tono") ?? "")).not.toContain('"ended"');
  await phone.page.unroute("**/facts");

  await phone.page.getByRole("button", { name: "Done" }).click();
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  await lab.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("they hung up");
  const { id: second } = await server.newestRow();
  await expect.poll(() => server.witnessed(second)).toEqual(["dialled", "rang", "active", "ended"]);
  expect(await server.witnessed(first)).toEqual([]);
});
