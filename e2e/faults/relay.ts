import type { Page } from "@playwright/test";

/** A network between the page and the gateway that keeps some messages back. Before the page is opened. */
export class Relay {
  private readonly kept: (string | Buffer)[] = [];
  private keeps: string[] = [];
  private readonly ways: { deaf: boolean }[] = [];
  private send: (text: string | Buffer) => void = () => undefined;

  static async before(page: Page): Promise<Relay> {
    const relay = new Relay();
    await page.routeWebSocket(/gateway/, (socket) => {
      const way = { deaf: false };
      relay.ways.push(way);
      relay.send = (text) => socket.send(text);
      socket.connectToServer().onMessage((text) => {
        if (way.deaf) return;
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

  /** From now on nothing arrives on the sockets there are; they stay open, and what the page says is heard. */
  deafens(): void {
    this.ways.forEach((way) => (way.deaf = true));
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
