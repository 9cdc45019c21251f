import { AGENT_PASSWORD } from "../fixtures/stack.ts";
import { expect, NOTHING, type Tab, test } from "./tabs.ts";

/** What a server with a real account says to whoever is not signed in; the rest is the server's own. */
test.beforeEach(async ({ context }) => {
  let signedIn = false;
  await context.route("**/api/session", async (route) => {
    const method = route.request().method();
    if (method === "GET" && !signedIn) return route.fulfill({ json: { demo: false, agent: null } });
    const answer = await route.fetch();
    if (method === "POST") signedIn = answer.ok();
    if (method === "DELETE") signedIn = false;
    // In demo mode there is no button to sign out.
    if (method === "DELETE") return route.fulfill({ response: answer });
    return route.fulfill({ response: answer, json: { ...(await answer.json()), demo: false } });
  });
});

async function signsIn(tab: Tab): Promise<void> {
  await tab.page.getByRole("textbox", { name: "Name" }).fill("agent");
  await tab.page.getByLabel("Password").fill(AGENT_PASSWORD);
  await tab.page.getByRole("button", { name: "Sign in" }).click();
}

test("signing in, and out, in one tab does so in all", async ({ tabs, context, lab }) => {
  const first = tabs.of(await context.newPage());
  const second = tabs.of(await context.newPage());
  for (const tab of [first, second]) {
    await tab.page.goto("/");
    await expect(tab.page.getByRole("button", { name: "Sign in" })).toBeVisible();
  }

  await signsIn(first);
  for (const tab of [first, second]) await expect(tab.line("Ready")).toBeVisible();
  expect(await tabs.logins()).toBe(1);
  await second.dials("+12025550107");
  await expect(first.inCall).toContainText("Sound connected");
  await first.hangsUp();
  await expect(second.ended).toBeVisible();

  await second.page.getByRole("button", { name: "Sign out" }).click();
  for (const tab of [first, second]) {
    await expect(tab.page.getByRole("button", { name: "Sign in" })).toBeVisible();
    await expect.poll(() => tab.holds()).toEqual(NOTHING);
    // Nothing of the agent is left on the page.
    await expect(tab.page.getByText("+1 202 555 0107")).toHaveCount(0);
  }

  await signsIn(second);
  for (const tab of [first, second]) await expect(tab.line("Ready")).toBeVisible();
  await expect.poll(() => tabs.logins()).toBe(2);
  expect((await lab.calls()).every(({ state }) => state === "ended")).toBe(true);
});

test("signing out in the tab without the phone ends the call in the other", async ({ tabs, context, lab, farEnd }) => {
  const first = tabs.of(await context.newPage());
  await first.page.goto("/");
  await signsIn(first);
  await first.line("Ready").waitFor();
  const second = await tabs.open();
  await first.dials("+12025550107");
  await expect(second.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };

  await second.page.getByRole("button", { name: "Sign out" }).click();

  for (const tab of [first, second]) {
    await expect(tab.page.getByRole("button", { name: "Sign in" })).toBeVisible();
    await expect.poll(() => tab.holds()).toEqual(NOTHING);
  }
  await farEnd.knows(call, { state: "ended" });
});
