import { expect, test } from "../fixtures/test.ts";

/**
 * A browser that lets nothing be heard before somebody clicks. Chromium's own rule cannot be tried from here: whatever looks at
 * the page from outside counts as a person.
 */
function blocksSound(): void {
  let allowed = false;
  const contexts: AudioContext[] = [];
  globalThis.AudioContext = class extends AudioContext {
    constructor() {
      super();
      contexts.push(this);
      void super.suspend();
    }
    override async resume(): Promise<void> {
      return allowed ? super.resume() : new Promise(() => undefined);
    }
  };
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = async function (this: HTMLMediaElement): Promise<void> {
    if (!allowed) throw new DOMException("nobody has clicked", "NotAllowedError");
    return play.call(this);
  };
  Object.assign(globalThis, {
    allowSound: () => {
      allowed = true;
    },
    tones: () => contexts.map(({ state }) => state),
  });
}

interface Blocking {
  allowSound(): void;
  tones(): AudioContextState[];
}

test("a ringtone and a voice that the browser blocks are said to be, and heard once it allows them", async ({
  closedPhone: phone,
  lab,
}) => {
  await phone.page.addInitScript(blocksSound);
  const tones = () => phone.page.evaluate(() => (globalThis as unknown as Blocking).tones());
  const blocked = phone.page.getByRole("status").filter({ hasText: "The browser blocks sound" });
  await phone.opens();

  await lab.callsAgent("+12025550107");
  await expect(phone.incoming).toBeVisible();
  await expect(blocked).toBeVisible();
  expect(await tones()).toEqual(["suspended"]);

  // Clicks that the browser does not count as such: it still blocks, and that is still said.
  await phone.page.getByRole("heading", { name: "Tono" }).click();
  await expect(blocked).toBeVisible();
  expect(await tones()).toEqual(["suspended"]);
  await phone.answers();
  await expect(phone.inCall).toContainText("Sound connected");
  await expect(blocked).toBeVisible();
  await phone.page.evaluate(() => {
    (globalThis as unknown as Blocking).allowSound();
  });
  await phone.page.keyboard.press("Shift");
  await expect(blocked).toHaveCount(0);
  await phone.hangsUp();

  await lab.callsAgent("+12025550107");
  await expect(phone.incoming).toBeVisible();
  await expect.poll(async () => (await tones()).at(-1)).toBe("suspended");
  await expect(blocked).toBeVisible();
  await phone.page.getByRole("heading", { name: "Tono" }).click();
  await expect(blocked).toHaveCount(0);
  await expect.poll(async () => (await tones()).at(-1)).toBe("running");
});
