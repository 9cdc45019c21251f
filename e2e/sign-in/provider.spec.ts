import { Provider } from "../fixtures/provider.ts";
import { expect, test as withStack } from "../fixtures/test.ts";

const ANN = "ann@example.com";

const test = withStack.extend<object, { provider: Provider }>({
  provider: [
    async ({}, use) => {
      const provider = await Provider.start();
      await use(provider);
      provider.stop();
    },
    { scope: "worker" },
  ],
  stackName: "provider",
  settings: async ({ provider }, use) =>
    use({
      TONO_OIDC_ISSUER: provider.issuer,
      TONO_OIDC_CLIENT_ID: "tono",
      TONO_OIDC_CLIENT_SECRET: "between the two of us",
      TONO_PUBLIC_URL: "http://localhost:1",
    }),
});

test("who is signed in at the provider signs in by a click, and is the agent of that address", async ({
  page,
  stack,
  provider,
}) => {
  stack.tono("agent", "add", ANN);
  provider.sendsBackTo = stack.origin;
  provider.claims = { email: ANN, email_verified: true };
  // As on a server with a real account, where nobody is signed in by themselves.
  await page.route("**/api/session", async (route) => {
    const response = await route.fetch();
    return route.fulfill({ response, json: { ...((await response.json()) as object), demo: false } });
  });
  await page.goto("/");
  await page.getByRole("link", { name: "Sign in with your company account" }).click();

  await expect(page.getByRole("banner").getByRole("status").filter({ hasText: "Ready" })).toBeVisible();
  await expect(page.getByRole("banner")).toContainText(ANN);
  await expect(page).toHaveURL(`${stack.origin}/`);
});

test("without a provider there is no link to one", async ({ page, stack }) => {
  await page.route("**/api/session", (route) =>
    route.fulfill({ json: { demo: false, agent: null, provider: false } }),
  );
  await page.goto(stack.origin);
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Sign in with your company account" })).toHaveCount(0);
});
