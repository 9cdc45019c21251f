import type { Page } from "@playwright/test";

declare global {
  interface Window {
    microphones: MediaStream[];
    /** Pulls out every microphone there is; `plug` puts them back. */
    unplug: () => void;
    plug: () => void;
  }
}

/** Why the browser gives no microphone: forbidden, none there, in use elsewhere, or the one that was asked for by its id is gone. */
export type Refusal = "NotAllowedError" | "NotFoundError" | "NotReadableError" | "OverconstrainedError";

/** The browser's microphone, as the browser knows it: who has it, and who may not. Before the page is opened. */
export class Microphone {
  private constructor(private readonly page: Page) {}

  /** Keeps count of every stream that the page asks for. */
  static async of(page: Page): Promise<Microphone> {
    await page.addInitScript(() => {
      const streams: MediaStream[] = [];
      window.microphones = streams;
      const devices = navigator.mediaDevices;
      const ask = devices.getUserMedia.bind(devices);
      devices.getUserMedia = async (wish) => {
        const stream = await ask(wish);
        streams.push(stream);
        return stream;
      };

      // As Chromium tells of a plug that is pulled, which cannot be made to pull one.
      const list = devices.enumerateDevices.bind(devices);
      let there = true;
      devices.enumerateDevices = async () => (await list()).filter(({ kind }) => there || kind !== "audioinput");
      window.unplug = () => {
        there = false;
        for (const track of streams.flatMap((stream) => stream.getTracks())) {
          if (track.readyState !== "live") continue;
          track.stop();
          // The browser fires this only where the page itself did not stop the track.
          track.dispatchEvent(new Event("ended"));
        }
        devices.dispatchEvent(new Event("devicechange"));
      };
      window.plug = () => {
        there = true;
        devices.dispatchEvent(new Event("devicechange"));
      };
    });
    return new Microphone(page);
  }

  /** How many tracks are open: the light beside the camera is on unless there are none. */
  async open(): Promise<number> {
    return this.page.evaluate(
      () => window.microphones.flatMap((stream) => stream.getTracks()).filter((track) => track.readyState === "live").length,
    );
  }

  /** Whoever asks for it is told no, in the browser's word for why. */
  async isRefused(name: Refusal): Promise<void> {
    await this.page.addInitScript((name) => {
      const error = name === "OverconstrainedError" ? new OverconstrainedError("deviceId") : new DOMException("", name);
      navigator.mediaDevices.getUserMedia = () => Promise.reject(error);
    }, name);
  }

  /** The browser asks the person, who does not say anything until `isAllowed`. */
  async isAskedFor(): Promise<void> {
    await this.page.addInitScript(() => {
      const devices = navigator.mediaDevices;
      const ask = devices.getUserMedia.bind(devices);
      devices.getUserMedia = async (wish) => {
        await new Promise((allowed) => window.addEventListener("allowed", allowed, { once: true }));
        return ask(wish);
      };
    });
  }

  async isAllowed(): Promise<void> {
    await this.page.evaluate(() => window.dispatchEvent(new Event("allowed")));
  }

  /** The person forbids the page the microphone, in the browser's own settings. */
  async mayNot(): Promise<void> {
    // Whatever is not granted is refused then.
    await this.page.context().grantPermissions([]);
  }

  /** The person allows it again. */
  async may(): Promise<void> {
    await this.page.context().grantPermissions(["microphone"]);
  }

  /** Somebody pulls the plug of every microphone. */
  async isUnplugged(): Promise<void> {
    await this.page.evaluate(() => window.unplug());
  }

  /** And plugs one in again. */
  async isPluggedIn(): Promise<void> {
    await this.page.evaluate(() => window.plug());
  }
}
