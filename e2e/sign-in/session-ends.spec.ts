import { FarEnd } from "../fixtures/far-end.ts";
import type { Phone } from "../fixtures/phone.ts";
import { AGENT_PASSWORD } from "../fixtures/stack.ts";
import { expect, test } from "../fixtures/test.ts";

/** Signs in with a password, as on a server with a real account. */
async function signsIn(phone: Phone): Promise<void> {
  const { page } = phone;
  await page.route("**/api/session", async (route) => {
    if (route.request().method() === "GET") return route.fulfill({ json: { demo: false, agent: null } });
    const response = await route.fetch();
    return route.fulfill({ response, json: { ...((await response.json()) as object), demo: false } });
  });
  await page.goto("/");
  await fillsIn(phone);
}

/** Fills in what the sign-in asks for. */
async function fillsIn({ page }: Phone): Promise<void> {
  await page.getByRole("textbox", { name: "Name" }).fill("agent");
  await page.getByLabel("Password").fill(AGENT_PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The server ends the session, as when somebody signs the agent out everywhere; the page hears of it when it asks next. */
async function endsSession({ page }: Phone): Promise<void> {
  expect((await page.request.delete("/api/session")).ok()).toBe(true);
}

test("a session that has ended says so, and asks to sign in again", async ({ closedPhone: phone }) => {
  await phone.page.clock.install();
  await signsIn(phone);
  await expect(phone.line("Ready")).toBeVisible();

  await endsSession(phone);
  await phone.page.clock.fastForward("12:00:00");

  await expect(phone.page.getByRole("alert")).toHaveText("Your session has ended. Sign in again.");
  await expect(phone.dialer).toHaveCount(0);
  await fillsIn(phone);
  await expect(phone.line("Ready")).toBeVisible();
});

test("a session that ends in a call leaves the call alone, and asks to sign in after it", async ({
  closedPhone: phone,
  lab,
}) => {
  const farEnd = new FarEnd(lab);
  await phone.page.clock.install();
  await signsIn(phone);
  await expect(phone.line("Ready")).toBeVisible();
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };

  await endsSession(phone);
  await phone.page.clock.fastForward("12:00:00");

  await expect(phone.page.getByText("Your session has ended. Sign in again after the call.")).toBeVisible();
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await expect(phone.inCall).toContainText("Sound connected");
  await farEnd.knows(call, { state: "answered" });

  await phone.hangsUp();
  await farEnd.knows(call, { state: "ended", hangup_source: "caller" });
  await expect(phone.page.getByRole("alert")).toHaveText("Your session has ended. Sign in again.");
});

for (const reloads of [false, true]) {
  const way = reloads ? "in a page that was loaded anew" : "in the same page";
  test(`what was witnessed after a session ended is in the record once the agent is back, ${way}`, async ({
    closedPhone: phone,
    server,
  }) => {
    const refused: number[] = [];
    phone.page.on("response", (response) => {
      if (response.url().endsWith("/facts") && !response.ok()) refused.push(response.status());
    });
    await phone.page.clock.install();
    await signsIn(phone);
    await expect(phone.line("Ready")).toBeVisible();
    await phone.dials("+12025550107");
    await expect(phone.inCall).toContainText("Sound connected");
    const { id } = await server.newestRow();
    await expect.poll(() => server.witnessed(id)).toEqual(["dialled", "rang", "active"]);

    await endsSession(phone);
    const hold = phone.inCallButton("Hold");
    await hold.click();
    await expect(phone.says(phone.inCall)).toHaveText("On hold");
    await expect.poll(() => refused).toContain(401);
    await phone.page.clock.fastForward(2_000);
    await hold.click();
    await expect(phone.says(phone.inCall)).toHaveText("In call");
    await phone.page.clock.fastForward("12:00:00");
    await phone.hangsUp();
    await expect(phone.page.getByRole("alert")).toHaveText("Your session has ended. Sign in again.");
    if (reloads) {
      await phone.page.reload();
      await expect(phone.page.getByRole("button", { name: "Sign in" })).toBeVisible();
    }

    await fillsIn(phone);
    await expect(phone.line("Ready")).toBeVisible();
    await expect
      .poll(async () => (await server.witnessed(id)).sort())
      .toEqual(["active", "dialled", "ended", "held", "rang", "resumed"]);
    const row = (await server.rows()).find((row) => row.id === id);
    expect(row).toMatchObject({ outcome: "answered", ended_by: "us", telnyx: "heard" });
    // The hold is by the browser's clock; the talk is by Telnyx's, since the browser's went half a day ahead.
    expect(row?.held_ms).toBeGreaterThanOrEqual(2_000);
    expect(row?.held_ms).toBeLessThan(3_600_000);
    expect(row?.talk_ms).toBeGreaterThan(0);
    expect(row?.talk_ms).toBeLessThan(3_600_000);
    expect(new Set(refused)).toEqual(new Set([401]));
  });
}
