import type { Locator, Page } from "@playwright/test";

import { test as base } from "../fixtures/test.ts";

export { expect } from "../fixtures/test.ts";

/** The lab's console, by what a person can see and press in it. */
export class Console {
  readonly calls: Locator;
  /** The call that is chosen. */
  readonly call: Locator;
  readonly messages: Locator;
  readonly recordings: Locator;
  readonly numbers: Locator;
  /** What the console says of something that was pressed. */
  readonly notice: Locator;
  readonly trouble: Locator;

  constructor(
    readonly page: Page,
    private readonly origin: string,
  ) {
    this.calls = page.getByRole("list", { name: "Calls, newest first" });
    this.call = page.getByRole("region", { name: "Call", exact: true });
    this.messages = page.getByRole("list", { name: "Messages of this call, oldest first" });
    this.recordings = page.getByRole("list", { name: "Recordings, newest first" });
    this.numbers = page.getByRole("table");
    this.notice = page.getByRole("status").filter({ has: page.getByRole("button", { name: "Close message" }) });
    this.trouble = page.getByRole("alert");
  }

  async opens(view = ""): Promise<void> {
    await this.page.goto(`${this.origin}/${view}`);
    await this.trouble.waitFor({ state: "hidden" });
  }

  async goesTo(view: "Calls" | "Recordings" | "Numbers" | "Faults" | "Connect"): Promise<void> {
    await this.page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: view }).click();
  }

  async presses(name: string): Promise<void> {
    await this.page.getByRole("button", { name, exact: true }).click();
  }

  /** Chooses the newest call. */
  async choosesNewest(): Promise<void> {
    await this.calls.getByRole("link").first().click();
  }

  /** A message of the chosen call, by the words of its line. */
  message(words: string | RegExp): Locator {
    return this.messages.getByRole("listitem").filter({ hasText: words });
  }
}

/**
 * Somebody signed in at the gateway whose phone rings and rings: what answers, declines or has no microphone yet would
 * make a story of its own.
 */
async function signIn(page: Page, origin: string): Promise<void> {
  const { key } = (await (await fetch(`${origin}/console/environment`)).json()) as { key: string };
  const rest = (path: string, init: RequestInit = {}) =>
    fetch(`${origin}/v2/${path}`, { ...init, headers: { authorization: `Bearer ${key}` } });
  const { data } = (await (await rest("telephony_credentials")).json()) as { data: { id: string }[] };
  const token = await (await rest(`telephony_credentials/${data[0]?.id}/token`, { method: "POST" })).text();
  const login = { jsonrpc: "2.0", id: "login", method: "login", params: { login_token: token } };
  // Asking for it is what registers: before that no call would ring here.
  const register = { jsonrpc: "2.0", id: "register", method: "telnyx_rtc.gatewayState", params: {} };
  await page.evaluate(
    ([address, ...requests]) =>
      new Promise<void>((registered, refused) => {
        const socket = new WebSocket(address);
        socket.addEventListener("open", () => requests.forEach((request) => socket.send(request)));
        socket.addEventListener("message", ({ data: text }) => {
          const { id, error } = JSON.parse(text as string) as { id?: string; error?: { message: string } };
          if (error !== undefined) refused(new Error(error.message));
          else if (id === "register") registered();
        });
      }),
    [`${origin.replace("http", "ws")}/gateway`, JSON.stringify(login), JSON.stringify(register)] as const,
  );
}

/** With the console in a second tab, beside the softphone. */
export const test = base.extend<{ console: Console; ringingAgent: void }>({
  ringingAgent: async ({ context, stack, lab: _lab }, use) => {
    const page = await context.newPage();
    await signIn(page, stack.labOrigin);
    await use();
    await page.close();
  },
  console: async ({ context, stack, lab: _lab }, use) => use(new Console(await context.newPage(), stack.labOrigin)),
});
