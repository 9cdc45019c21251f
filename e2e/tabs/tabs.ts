import type { BrowserContext, Page } from "@playwright/test";

import { FarEnd } from "../fixtures/far-end.ts";
import type { Lab } from "../fixtures/lab.ts";
import { Phone } from "../fixtures/phone.ts";
import { test as base } from "../fixtures/test.ts";
import { housekeeping } from "../fixtures/transcript.ts";

export { expect } from "@playwright/test";

declare global {
  interface Window {
    held: { sockets: WebSocket[]; streams: EventSource[]; tones: Set<AudioScheduledSourceNode>; tracks: MediaStreamTrack[] };
  }
}

/** What a tab holds of what there may be only one of. */
export interface Holdings {
  /** Open sockets to the gateway. */
  sockets: number;
  /** Open live streams. */
  streams: number;
  /** Tones that play. */
  tones: number;
  /** Microphone tracks that are open. */
  microphones: number;
  /** Audio elements with a far end's voice. */
  voices: number;
}

/** A tab: what a person sees in it, and what it holds. */
export class Tab extends Phone {
  /** What it says about the phone being elsewhere. */
  readonly elsewhere = this.page.locator(".elsewhere");
  readonly useHere = this.page.getByRole("button", { name: "Use here" });
  readonly hold = this.page.getByRole("button", { name: "Hold", exact: true });

  /** What it holds now. */
  async holds(): Promise<Holdings> {
    return this.page.evaluate(() => ({
      sockets: window.held.sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length,
      streams: window.held.streams.filter(({ readyState }) => readyState !== EventSource.CLOSED).length,
      tones: window.held.tones.size,
      microphones: window.held.tracks.filter(({ readyState }) => readyState === "live").length,
      voices: Array.from(document.querySelectorAll("audio")).filter(({ srcObject }) => srcObject !== null).length,
    }));
  }

  /** The seconds its talk timer shows. */
  async talked(): Promise<number> {
    const [seconds = 0, minutes = 0] = (await this.talkTime.innerText()).split(":").map(Number).toReversed();
    return 60 * minutes + seconds;
  }

  /** The process behind it dies. */
  async crashes(): Promise<void> {
    const crashed = this.page.waitForEvent("crash");
    // The address that kills is never loaded.
    await this.page.goto("chrome://crash").catch(() => undefined);
    await crashed;
  }

  /** As a person sees it who has turned to another window, or back: what the browser then says. */
  async isSeen(seen: boolean): Promise<void> {
    await this.page.evaluate((seen) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => !seen });
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (seen ? "visible" : "hidden") });
      document.dispatchEvent(new Event("visibilitychange"));
    }, seen);
  }
}

/** Tabs of one browser. */
export class Tabs {
  constructor(
    private readonly context: BrowserContext,
    private readonly lab: Lab,
  ) {}

  /** Opens one more and waits until it may dial. */
  async open(): Promise<Tab> {
    const tab = new Tab(await this.context.newPage());
    await tab.opens();
    return tab;
  }

  /** The tab of a page that something else has opened. */
  of(page: Page): Tab {
    return new Tab(page);
  }

  /** How often somebody has signed in at the gateway since the test began. */
  async logins(): Promise<number> {
    return housekeeping(await this.lab.wire()).filter((line) => line === "login →").length;
  }
}

export const NOTHING: Holdings = { sockets: 0, streams: 0, tones: 0, microphones: 0, voices: 0 };

export const test = base.extend<{ tabs: Tabs; farEnd: FarEnd }>({
  farEnd: async ({ lab }, use) => use(new FarEnd(lab)),
  tabs: async ({ context, lab }, use) => {
    await context.addInitScript(keepCount);
    await use(new Tabs(context, lab));
    // Before the lab forgets what they did.
    await Promise.all(context.pages().map((page) => page.close()));
  },
});

/** Runs in each page. */
function keepCount(): void {
  const held: Window["held"] = { sockets: [], streams: [], tones: new Set(), tracks: [] };
  window.held = held;
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      held.sockets.push(this);
    }
  };
  window.EventSource = class extends EventSource {
    constructor(url: string | URL, options?: EventSourceInit) {
      super(url, options);
      held.streams.push(this);
    }
  };
  const source = AudioBufferSourceNode.prototype;
  const { start, stop } = source;
  source.start = function (...when) {
    held.tones.add(this);
    start.apply(this, when);
  };
  source.stop = function (...when) {
    held.tones.delete(this);
    stop.apply(this, when);
  };
  const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wish) => {
    const stream = await ask(wish);
    held.tracks.push(...stream.getTracks());
    return stream;
  };
}
