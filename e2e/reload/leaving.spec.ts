import { readFile } from "node:fs/promises";

import type { Page } from "@playwright/test";

import type { Phone } from "../fixtures/phone.ts";
import type { Stack } from "../fixtures/stack.ts";
import { expect, reloads, test } from "./reload.ts";

/** How many calls the page claimed, each time it did. */
function claims(page: Page): number[] {
  const said: number[] = [];
  page.on("request", (request) => {
    if (!request.url().includes("/api/pages/")) return;
    const { calls } = JSON.parse(request.postData() ?? "{}") as { calls: string[] };
    said.push(calls.length);
  });
  return said;
}

/** How many calls were left behind, each time a page went, as our server heard it: the browser shows nobody else. */
async function farewells({ server: { log } }: Stack): Promise<number[]> {
  const lines = (await readFile(log, "utf8")).matchAll(/a page goes calls=(\d+)/g);
  return Array.from(lines, ([, calls]) => Number(calls));
}

async function talks(phone: Phone): Promise<void> {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
}

test("leaving warns while a call goes on, and whoever stays has lost nothing", async ({ phone, lab, farEnd }) => {
  await talks(phone);
  const call = { id: (await lab.call()).call_id };
  const warned = phone.page.waitForEvent("dialog");
  // It resolves only once the page has gone, which it does not.
  void phone.page.close({ runBeforeUnload: true });
  const dialog = await warned;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();

  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await farEnd.knows(call, { state: "answered" });
  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended" });
});

test("leaving does not warn before a call and not after one", async ({ phone, context }) => {
  const dialogs: string[] = [];
  phone.page.on("dialog", (dialog) => {
    dialogs.push(dialog.type());
    void dialog.accept();
  });
  // A page that was never touched may not ask at all: this one was.
  await phone.number.fill("1");
  await reloads(phone.page);
  await phone.line("Ready").waitFor();
  await talks(phone);
  await phone.hangsUp();
  await expect(phone.ended).toBeVisible();

  const closed = phone.page.waitForEvent("close");
  await phone.page.close({ runBeforeUnload: true });
  await closed;

  expect(dialogs).toEqual([]);
  expect(context.pages()).toEqual([]);
});

test("a tab that is closed all the same says so, and twenty seconds later our server ends the call", async ({
  phone,
  lab,
  stack,
}) => {
  await lab.switches({ sdk_leg_commands: "accepted" });
  const before = await farewells(stack);
  const said = claims(phone.page);
  await talks(phone);
  await expect.poll(() => said[0]).toBe(1);
  const call = { id: (await lab.call()).call_id };
  phone.page.on("dialog", (dialog) => void dialog.accept());
  const closed = phone.page.waitForEvent("close");
  await phone.page.close({ runBeforeUnload: true });
  await closed;

  await expect.poll(() => farewells(stack)).toEqual([...before, 1]);
  expect((await lab.callOf(call)).state).toBe("answered");
  // The server's own clock, which nobody moves here; server/tests/api/pages.rs does.
  await expect.poll(async () => (await lab.callOf(call)).state, { timeout: 40_000 }).toBe("ended");
  expect((await lab.wire()).filter(({ message }) => message.method === "telnyx_rtc.bye")).toHaveLength(0);
});

test("a page that is loaded anew claims the call it comes back to", async ({ phone, lab, farEnd, stack }) => {
  const before = await farewells(stack);
  const said = claims(phone.page);
  await talks(phone);
  await expect.poll(() => said[0]).toBe(1);
  const claimed = said.length;

  await reloads(phone.page);

  await expect(phone.inCall).toContainText("Sound connected");
  await expect.poll(() => farewells(stack)).toEqual([...before, 1]);
  await expect.poll(() => said[claimed]).toBe(1);
  await farEnd.knows({ id: (await lab.call()).call_id }, { state: "answered" });
  await phone.hangsUp();
  await expect.poll(() => said.at(-1)).toBe(0);
});
