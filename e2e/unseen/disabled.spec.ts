import { AGENT_PASSWORD } from "../fixtures/stack.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ stackName: "unseen-disabled" });

for (const value of ["keeps_session", "ends_session"]) {
  test(`an agent who is disabled calls nobody where deleted_credential is ${value}`, async ({
    closedPhone: phone,
    lab,
    stack,
  }) => {
    const { page } = phone;
    await page.route("**/api/session", async (route) => {
      if (route.request().method() === "GET") return route.fulfill({ json: { demo: false, agent: null } });
      const response = await route.fetch();
      return route.fulfill({ response, json: { ...((await response.json()) as object), demo: false } });
    });
    await lab.switches({ deleted_credential: value });
    await page.goto("/");
    await page.getByRole("textbox", { name: "Name" }).fill("agent");
    await page.getByLabel("Password").fill(AGENT_PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(phone.line("Ready")).toBeVisible();
    const user = await lab.lastUser();

    stack.tono("agent", "disable", "agent");
    try {
      if (value === "keeps_session") {
        // Telnyx would still take the call; our server gives none out.
        expect(await lab.isSignedIn(user)).toBe(true);
        await phone.dials("+12025550107");
      } else {
        await expect.poll(async () => lab.isSignedIn(user)).toBe(false);
      }
      await expect(page.getByRole("alert")).toHaveText("Your session has ended. Sign in again.", { timeout: 20_000 });
      expect((await page.request.post("/api/calls", { data: { to: "+12025550107" } })).status()).toBe(401);
      expect((await page.request.post("/api/token")).status()).toBe(401);
      expect(await lab.calls()).toEqual([]);
    } finally {
      stack.tono("agent", "enable", "agent");
    }
  });
}
