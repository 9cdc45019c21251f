import type { Page } from "@playwright/test";

/** What the SDK signed in with: which token, on which of the page's sockets. Both are counted from zero. */
export interface Login {
  socket: number;
  token: number;
}

/** Keeps count of every login. Before the page is opened. The lab masks tokens in its own log. */
export class Logins {
  private readonly tokens: string[] = [];
  private readonly seen: Login[] = [];

  constructor(page: Page) {
    let sockets = 0;
    page.on("websocket", (opened) => {
      const socket = sockets;
      sockets += 1;
      opened.on("framesent", ({ payload }) => {
        const token = tokenIn(payload.toString());
        if (token === undefined) return;
        if (!this.tokens.includes(token)) this.tokens.push(token);
        this.seen.push({ socket, token: this.tokens.indexOf(token) });
      });
    });
  }

  /** All so far, in order. */
  all(): Login[] {
    return [...this.seen];
  }
}

function tokenIn(frame: string): string | undefined {
  if (!frame.startsWith("{")) return undefined;
  const { method, params } = JSON.parse(frame) as { method?: string; params?: { login_token?: string } };
  return method === "login" ? params?.login_token : undefined;
}
