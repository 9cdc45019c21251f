import { AGENT_PASSWORD } from "../fixtures/stack.ts";
import { expect, test } from "../fixtures/test.ts";

test("a wrong password says so and keeps the name; the right one opens the phone", async ({
  closedPhone: phone,
  server,
}) => {
  const { page } = phone;
  // What a server with a real account says to whoever is not signed in; the rest is the server's own.
  await page.route("**/api/session", async (route) => {
    if (route.request().method() === "GET") await route.fulfill({ json: { demo: false, agent: null } });
    else await route.continue();
  });
  await page.goto("/");
  const name = page.getByRole("textbox", { name: "Name" });
  const password = page.getByLabel("Password");
  await expect(name).toBeFocused();

  await name.fill("agent");
  await password.fill("wrong");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toHaveText("Wrong name or password.");
  await expect(name).toHaveValue("agent");

  await password.fill(AGENT_PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(phone.line("Ready")).toBeVisible();
  await expect(phone.dialer).toBeVisible();
  expect(await server.session()).toMatchObject({ agent: { name: "agent" } });
});
