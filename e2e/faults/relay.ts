import type { Page } from "@playwright/test";

/** A network between the page and the gateway that keeps some messages back. Before the page is opened. */
export class Relay {
  private readonly kept: (string | Buffer)[] = [];
  private keeps: string[] = [];
  private send: (text: string | Buffer) => void = () => undefined;

  static async before(page: Page): Promise<Relay> {
    const relay = new Relay();
    await page.routeWebSocket(/gateway/, (socket) => {
      relay.send = (text) => socket.send(text);
      socket.connectToServer().onMessage((text) => {
        const method = methodOf(String(text));
        if (relay.keeps.includes(method)) relay.kept.push(text);
        else socket.send(text);
      });
    });
    return relay;
  }

  /** From now on, requests of these methods wait, and nothing else does. Replies have the method `reply`. */
  stalls(...methods: string[]): void {
    this.keeps = methods;
  }

  /** Lets what waited through, in its order, and keeps nothing any more. */
  delivers(): void {
    this.keeps = [];
    this.kept.splice(0).forEach((text) => this.send(text));
  }

  /** The methods of what waits. */
  waiting(): string[] {
    return this.kept.map((text) => methodOf(String(text)));
  }
}

function methodOf(text: string): string {
  if (!text.startsWith("{")) return "";
  const { method } = JSON.parse(text) as { method?: string };
  return method?.replace("telnyx_rtc.", "") ?? "reply";
}
