import { readFile } from "node:fs/promises";

import { expect, test } from "../fixtures/test.ts";

test.use({ stackName: "search" });

test("calls are found by a part of the number or of a note, and what was found is carried away", async ({
  phone,
  lab,
  server,
}) => {
  for (const number of ["+12025550102", "+12025550104"]) {
    await phone.dials(number);
    await expect(phone.ended).toBeVisible();
    await phone.page.getByRole("button", { name: "Done" }).click();
  }
  await expect.poll(async () => (await lab.calls()).map(({ state }) => state)).toEqual(["ended", "ended"]);
  const { id } = await server.newestRow();
  const noted = await phone.page.request.patch(`/api/calls/${id}`, { data: { notes: "Wants 50% off" } });
  expect(noted.ok()).toBe(true);
  await phone.opensCalls();
  const rows = phone.page.getByRole("list", { name: "Calls" }).getByRole("listitem");
  const search = phone.page.getByRole("searchbox", { name: "Search" });
  const finds = async (typed: string) => {
    await search.fill(typed);
    await search.press("Enter");
  };
  await expect(rows).toHaveCount(2);

  await finds("555-0102");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("+1 202 555 0102");

  await finds("50% OFF");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("+1 202 555 0104");
  const download = phone.page.waitForEvent("download");
  await phone.page.getByRole("link", { name: "Download as CSV" }).click();
  const lines = (await readFile(await (await download).path(), "utf8")).trimEnd().split("\r\n");
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain("+12025550104");

  await finds("999");
  await expect(phone.page.getByText("Nothing was found.")).toBeVisible();
  await expect(rows).toHaveCount(0);

  await search.fill("");
  await expect(rows).toHaveCount(2);
});

test("a search that the server does not answer says so", async ({ phone }) => {
  await phone.page.route("**/api/log?**", (route) => route.abort());
  await phone.opensCalls();
  await phone.page.getByRole("searchbox", { name: "Search" }).fill("555");
  await phone.page.getByRole("button", { name: "Search" }).click();
  await expect(phone.page.getByRole("alert")).toHaveText("The search did not work. Try again.");
});
