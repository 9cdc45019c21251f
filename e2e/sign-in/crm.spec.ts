import { createHmac, randomUUID } from "node:crypto";

import { FarEnd } from "../fixtures/far-end.ts";
import { Lab } from "../fixtures/lab.ts";
import { expect, test } from "../fixtures/test.ts";

const KEY = "a key that only the CRM and our server know";
const CRM = "https://crm.example.com";

test.use({
  stackName: "crm",
  settings: { TONO_FRAME_ANCESTORS: CRM, TONO_HANDOVER_KEY: KEY },
  // A spec's browser has the habits of a private window, which lets a frame of another site store nothing, and without that
  // the SDK does not start.
  launchOptions: [
    async ({ launchOptions }, use) => {
      const lets = "--disable-features=TrackingProtection3pcd,IncognitoTrackingProtection";
      await use({ ...launchOptions, args: [...(launchOptions.args ?? []), lets] });
    },
    { scope: "worker" },
  ],
});

/** What the CRM's server signs for its user. */
function token(agent: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { sub: agent, aud: "tono", exp: Math.floor(Date.now() / 1000) + 60, jti: randomUUID() };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", KEY).update(signed).digest("base64url")}`;
}

for (const { who, agent } of [
  { who: "the CRM's user is signed in and makes a call in its frame", agent: "ann" },
  { who: "somebody our server does not know is told so, and is not signed in", agent: "nobody" },
]) {
  test(who, async ({ page, context, stack }) => {
    // A page from outside may frame one of this machine only by leave.
    await context.grantPermissions(["local-network-access", "microphone"]);
    const lab = new Lab(stack.labOrigin);
    await lab.reset();
    if (!stack.tono("agent", "list").includes("ann")) stack.tono("agent", "add", "ann");
    const frame = `<iframe title="Phone" width="900" height="700" allow="microphone"
      src="${stack.origin}/api/hand-over?token=${token(agent)}"></iframe>`;
    await page.route(`${CRM}/**`, (route) =>
      route.fulfill({ contentType: "text/html", body: `<!doctype html><title>CRM</title>${frame}` }),
    );
    await page.goto(`${CRM}/customers/7`);
    const phone = page.frameLocator("iframe");
    if (agent === "nobody") {
      await expect(phone.locator("body")).toContainText("nobody this server knows was signed in elsewhere");
      expect(await page.context().cookies(stack.origin)).toEqual([]);
      return;
    }
    await expect(phone.getByRole("banner").getByRole("status").filter({ hasText: "Ready" })).toBeVisible();
    await phone.getByRole("textbox", { name: "Number" }).fill("+12025550107");
    await phone.getByRole("button", { name: "Call", exact: true }).click();
    await expect(phone.getByRole("region", { name: "In call", exact: true })).toContainText("Sound connected");
    const call = await lab.call();
    await new FarEnd(lab).knows({ id: call.call_id }, { state: "answered" });
    await phone.getByRole("button", { name: "Hang up" }).click();
    await expect(phone.getByRole("region", { name: "Call ended", exact: true })).toBeVisible();
    const rows = stack.origin + "/api/calls";
    const answer = page.frames()[1]?.evaluate(async (url) => (await fetch(url)).json(), rows);
    expect(await answer).toMatchObject({ rows: [{ agent: "ann", with: { number: "+12025550107" } }] });
  });
}
