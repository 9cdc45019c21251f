import { resolve } from "node:path";

import { Phone } from "./fixtures/phone.ts";
import { expect, test } from "./fixtures/test.ts";

const SHOTS = resolve(import.meta.dirname, "../target/shots");

for (const theme of ["light", "dark"] as const) {
  for (const width of [380, 1280]) {
    test.describe(`${theme}, ${width} pixels`, () => {
      test.use({ colorScheme: theme, viewport: { width, height: 800 } });

      const shot = (phone: Phone, screen: string) =>
        phone.page.screenshot({ path: resolve(SHOTS, `${screen}-${theme}-${width}.png`), animations: "disabled" });

      test("every screen of a call, in its order", async ({ phone, lab }) => {
        await shot(phone, "1-dialer");
        await phone.dials("call me");
        await expect(phone.complaint).toBeVisible();
        await shot(phone, "2-not-a-number");

        await phone.dials("+12025550108");
        await expect(phone.says(phone.calling)).toHaveText("Ringing");
        await shot(phone, "3-ringing");

        await lab.answers();
        await expect(phone.talkTime).toHaveText("0:02");
        await shot(phone, "4-in-call");
        await phone.mute.click();
        await expect(phone.mute).toHaveAttribute("aria-pressed", "true");
        await shot(phone, "5-muted");

        await phone.hangsUp();
        await expect(phone.ended).toBeVisible();
        await shot(phone, "6-ended");

        await phone.opensCalls();
        await expect(phone.newestRow).toContainText("processing");
        await shot(phone, "7-calls-processing");
        await lab.waits(5);
        await expect(phone.play).toBeVisible({ timeout: 20_000 });
        await shot(phone, "8-calls-recorded");
      });

      test("a call that comes in, and two at once", async ({ phone, lab }) => {
        await lab.callsAgent("+12025550107");
        await expect(phone.incoming).toBeVisible();
        await shot(phone, "10-incoming");
        await phone.answers();
        await expect(phone.inCall).toContainText("Sound connected");

        await lab.callsAgent("+12025550101");
        await expect(phone.incoming).toBeVisible();
        await shot(phone, "11-incoming-in-call");
        await phone.answers();
        await expect(phone.beside).toContainText("On hold");
        await shot(phone, "12-two-calls");
        await phone.page.getByRole("button", { name: "Add call" }).click();
        await expect(phone.beside).toHaveCount(2);
        await shot(phone, "13-add-call");
        await phone.beside.first().getByRole("button", { name: "Switch" }).click();
        await phone.hangsUp();
        await expect(phone.says(phone.inCall)).toHaveText("On hold");
        await phone.hangsUp();
        await expect(phone.ended).toBeVisible();
      });

      test("a tab that shows the phone of another", async ({ phone: owner, context }) => {
        // Nobody has said yet whether notifications are welcome.
        await context.addInitScript(() => Object.defineProperty(Notification, "permission", { value: "default" }));
        const mirror = new Phone(await context.newPage());
        await mirror.opens();
        const useHere = mirror.page.getByRole("button", { name: "Use here" });
        await expect(useHere).toBeVisible();
        await shot(mirror, "14-other-tab");
        await mirror.dials("+12025550107");
        await expect(mirror.inCall).toContainText("Sound connected");
        await expect(useHere).toHaveCount(0);
        await shot(mirror, "15-call-in-other-tab");
        await owner.hangsUp();
        await expect(mirror.ended).toBeVisible();
      });

      test("a page that cannot reach our server", async ({ closedPhone: phone }) => {
        await phone.page.route("**/api/**", (route) => route.abort());
        await phone.page.goto("/");
        await expect(phone.page.getByRole("alert")).toBeVisible();
        await shot(phone, "9-server-unreachable");
      });
    });
  }
}
