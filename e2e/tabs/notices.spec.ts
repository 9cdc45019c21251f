import type { BrowserContext } from "@playwright/test";

import { expect, test } from "./tabs.ts";

interface Noticed {
  title: string;
  body: string;
  open: boolean;
  notice: Notification;
}

declare global {
  interface Window {
    noticed: Noticed[];
    focused: number;
  }
}

/** Writes down what each tab shows on the desktop, where no test can look. */
async function watchTheDesktop(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    window.noticed = [];
    window.focused = 0;
    window.focus = () => (window.focused += 1);
    window.Notification = class extends Notification {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        window.noticed.push({ title, body: options?.body ?? "", open: true, notice: this });
      }

      override close(): void {
        for (const one of window.noticed) if (one.notice === this) one.open = false;
        super.close();
      }
    };
  });
}

test.describe("allowed", () => {
  // Granting one thing denies all others.
  test.use({ permissions: ["notifications", "microphone"] });
  test.beforeEach(({ context }) => watchTheDesktop(context));

  test("a call that comes in while no tab is seen is one notification, gone when the ringing is", async ({
    tabs,
    lab,
  }) => {
    const owner = await tabs.open();
    const mirror = await tabs.open();
    const noticed = async () =>
      Promise.all(
        [owner, mirror].map(({ page }) =>
          page.evaluate(() => window.noticed.map(({ title, body, open }) => ({ title, body, open }))),
        ),
      );
    for (const tab of [owner, mirror]) await tab.isSeen(false);

    await lab.callsAgent("+12025550107");
    await expect(mirror.incoming).toBeVisible();
    const shown = { title: "Incoming call", body: "+1 202 555 0107", open: true };
    await expect.poll(noticed).toEqual([[shown], []]);

    await owner.page.evaluate(() => window.noticed[0]?.notice.dispatchEvent(new Event("click")));
    expect(await owner.page.evaluate(() => window.focused)).toBe(1);
    await mirror.answers();
    await expect(mirror.inCall).toContainText("Sound connected");
    await expect.poll(noticed).toEqual([[{ ...shown, open: false }], []]);
  });

  test("where another tab is seen, nothing is shown on the desktop", async ({ tabs, lab }) => {
    const owner = await tabs.open();
    const mirror = await tabs.open();
    await owner.isSeen(false);

    await lab.callsAgent("+12025550107");
    await expect(mirror.incoming).toBeVisible();
    await mirror.answers();
    await expect(owner.inCall).toContainText("Sound connected");
    expect(await owner.page.evaluate(() => window.noticed.length)).toBe(0);

    // The same call again, with nobody looking: it was not for want of a notification.
    await mirror.hangsUp();
    await mirror.page.getByRole("button", { name: "Done" }).click();
    await mirror.isSeen(false);
    await lab.callsAgent("+12025550107");
    await expect.poll(() => owner.page.evaluate(() => window.noticed.length)).toBe(1);
  });
});

test("the browser is asked to allow notifications on a click only, and once", async ({ context, tabs }) => {
  await context.addInitScript(() => {
    let permission: NotificationPermission = "default";
    const asked: boolean[] = [];
    Object.assign(window, { asked });
    Object.defineProperty(Notification, "permission", { get: () => permission });
    Notification.requestPermission = () => {
      asked.push(navigator.userActivation.isActive);
      permission = "granted";
      return Promise.resolve(permission);
    };
  });
  const tab = await tabs.open();
  const asked = () => tab.page.evaluate(() => (window as unknown as { asked: boolean[] }).asked);
  const button = tab.page.getByRole("button", { name: "Notify me of calls" });
  await expect(button).toBeVisible();
  expect(await asked()).toEqual([]);

  await button.click();
  await expect(button).toHaveCount(0);
  expect(await asked()).toEqual([true]);
});
