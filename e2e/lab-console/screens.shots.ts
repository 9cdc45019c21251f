import { resolve } from "node:path";

import { type Console, expect, test } from "./console.ts";

const SHOTS = resolve(import.meta.dirname, "../../target/shots/console");

for (const theme of ["light", "dark"] as const) {
  for (const width of [320, 380, 1280]) {
    test.describe(`console, ${theme}, ${width} pixels`, () => {
      test.use({ colorScheme: theme, viewport: { width, height: 800 } });

      const shot = async (console: Console, screen: string) => {
        await console.page.bringToFront();
        const wide = await console.page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide, screen).toBeLessThanOrEqual(width);
        await console.page.screenshot({ path: resolve(SHOTS, `${screen}-${theme}-${width}.png`), animations: "disabled", fullPage: true });
      };

      test("every view", async ({ phone, lab, console }) => {
        await console.opens();
        await shot(console, "0-empty");
        await phone.dials("+12025550102");
        await expect(phone.ended).toBeVisible();
        await phone.page.reload();
        await phone.line("Ready").waitFor();
        await phone.dials("+12025550108");
        await expect(console.calls.getByText("Ringing")).toBeVisible();
        await shot(console, "1-ringing");
        await lab.answers();
        await expect(console.calls.getByText("In call")).toBeVisible();
        await expect(console.calls.getByText("0:03")).toBeVisible();
        await shot(console, "2-in-call");
        await console.choosesNewest();
        await shot(console, "3-call");
        await lab.hangsUp();
        await lab.waits(5);
        await expect(console.call.getByRole("button", { name: /^Listen/ })).toBeVisible();
        await console.message("call.hangup").getByRole("strong").click();
        await shot(console, "4-ended");
        await console.goesTo("Recordings");
        await console.recordings.getByRole("button", { name: /^Listen/ }).click();
        await shot(console, "5-recordings");
        await console.goesTo("Numbers");
        await shot(console, "6-numbers");
        await console.goesTo("Faults");
        await console.page.getByRole("radio", { name: "Hold" }).check();
        await lab.waits(70);
        await expect(console.page.getByRole("banner")).toContainText("ahead");
        await shot(console, "7-faults");
        await console.presses("Reset the lab …");
        await shot(console, "8-reset");
        await console.page.keyboard.press("Escape");
        await console.goesTo("Connect");
        await shot(console, "9-connect");
        await console.page.goto(console.page.url().replace(/#.*/, "#calls/gateway"));
        await shot(console, "10-gateway");
        await console.page.route("**/lab/**", (route) => route.abort());
        await expect(console.trouble).toContainText("does not answer");
        await shot(console, "11-stopped");
      });
    });
  }
}
