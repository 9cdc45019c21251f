import { resolve } from "node:path";

import { expect, test } from "./timeline.ts";

const SHOTS = resolve(import.meta.dirname, "../../target/shots");

for (const theme of ["light", "dark"] as const) {
  for (const width of [380, 1280]) {
    test.describe(`${theme}, ${width} pixels`, () => {
      test.use({ colorScheme: theme, viewport: { width, height: 1000 } });

      test("the timeline of a call that saw something", async ({ phone, lab, server, timeline, lanes }) => {
        await phone.dials("+12025550107");
        await expect(phone.talkTime).toHaveText("0:01");
        await phone.mute.click();
        await expect(phone.mute).toHaveAttribute("aria-pressed", "true");
        const hold = phone.page.getByRole("button", { name: "Hold" });
        await hold.click();
        await expect(phone.says(phone.inCall)).toHaveText("On hold");
        await hold.click();
        await expect(phone.says(phone.inCall)).toHaveText("In call");
        await lab.dropsSockets();
        await expect(phone.inCall).toContainText("Reconnecting");
        await expect(phone.line("Ready")).toBeVisible();
        await expect(phone.talkTime).toHaveText("0:12", { timeout: 20_000 });
        await phone.hangsUp();
        await expect(phone.ended).toBeVisible();
        await timeline.has((await server.newestRow()).id, '"call.hangup"', '"sdk_over"');
        await lab.waits(5);
        await phone.opensCalls();
        await expect(phone.play).toBeVisible({ timeout: 20_000 });
        await phone.page.getByRole("button", { name: "Done" }).click();
        await phone.opensCalls();
        await lanes.open();
        const shot = (name: string) =>
          phone.page.screenshot({ path: resolve(SHOTS, `${name}-${theme}-${width}.png`), fullPage: true, animations: "disabled" });
        await shot("20-timeline");
        await lanes.points("Browser (SDK)", "active");
        await shot("21-timeline-mark");
        await lanes.whole.getByRole("checkbox", { name: "As lists" }).check();
        await shot("22-timeline-lists");
      });
    });
  }
}
