import { expect, test } from "./console.ts";

const VIEWS = ["Calls", "Recordings", "Numbers", "Faults", "Connect"] as const;

test("no view is wider than its window", async ({ phone, console }) => {
  await console.opens();
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toBeVisible();
  await console.choosesNewest();
  await console.call.getByText("Ids and everything else as JSON").click();
  for (const width of [320, 380, 640, 960, 1280, 1600]) {
    await console.page.setViewportSize({ width, height: 800 });
    const fits = async () => {
      const widths = await console.page.evaluate(() => [
        document.documentElement.scrollWidth,
        ...Array.from(document.querySelectorAll("main"), (main) => main.scrollWidth - main.clientWidth + innerWidth),
      ]);
      expect(Math.max(...widths), `${console.page.url()} at ${width}`).toBeLessThanOrEqual(width);
    };
    await fits();
    // The last one brings back the call that was chosen.
    for (const view of VIEWS.toReversed()) {
      await console.goesTo(view);
      await fits();
    }
    await expect(console.call).toBeVisible();
  }
});

test("the page works by keyboard, and its focus is seen", async ({ ringingAgent: _agent, console }) => {
  await console.opens();
  const { page } = console;
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent);
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("Skip to content");
  for (let presses = 0; (await focused()) !== "Call the agent"; presses += 1) {
    expect(presses, "reached by Tab").toBeLessThan(25);
    await page.keyboard.press("Tab");
  }
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
  expect(outline).toBe("solid");
  await page.keyboard.press("Enter");
  await expect(console.call).toContainText("Ringing");
  // The focus is where the next thing is.
  await expect.poll(focused).toContain("+1 202 555 0100".replaceAll(" ", "\u00a0"));
});

test("a call's states are announced", async ({ phone, console }) => {
  await console.opens("#numbers");
  await phone.dials("+12025550108");
  const announced = console.page.getByRole("status").filter({ hasText: "+1 202 555 0108: " });
  await expect(announced).toContainText("Ringing");
  await phone.hangsUp();
  await expect(announced).toContainText("Ended");
});

test("nothing moves or is made anew while a call goes on", async ({ phone, console }) => {
  await console.opens();
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toBeVisible();
  await console.choosesNewest();
  const answer = console.message(/Lab to Browser.*answer/).first();
  await answer.locator("summary").click();
  await expect(answer.locator("pre")).toContainText("telnyx_rtc.answer");
  await answer.locator("pre").evaluate((pre) => getSelection()?.selectAllChildren(pre));
  const selected = () => console.page.evaluate(() => String(getSelection()).length);
  const before = await selected();
  expect(before).toBeGreaterThan(20);
  await expect(console.call).toContainText("0:04");
  expect(await selected()).toBe(before);
  await expect(answer.locator("details")).toHaveAttribute("open", "");
});

test("what a server needs is copied in one go", async ({ context, stack, console }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: stack.labOrigin });
  await console.opens("#connect");
  await console.page.getByRole("button", { name: "Copy all Variables to export" }).click();
  await expect(console.page.getByText("Copied")).toBeVisible();
  const copied = await console.page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(`export TONO_TELNYX_API=${stack.labOrigin}/v2`);
  expect(copied.split("\n").length).toBeGreaterThanOrEqual(5);
});
