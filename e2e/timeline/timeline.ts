import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

import { expect as plain, type Locator, type Page, test as playwright } from "@playwright/test";

import type { Phone } from "../fixtures/phone.ts";
import { test as base } from "../fixtures/test.ts";

const BIN = process.env["TONO_BIN"] ?? resolve(import.meta.dirname, "../../target/debug");

/** What the server exports of a call, as far as specs look at it; see docs/timeline.md. */
export interface Export {
  format: string;
  version: number;
  row: { id: string; outcome: string | null; ended_at: number | null };
  pages: { page: number; ahead_ms: number; dropped: number; missing: number; entries: { at: number; what: unknown }[] }[];
  telnyx: { event_id: string; event_type: string; received_at: number; fact: { at: number } }[];
  server: { at: number; what: unknown }[];
}

/** What `tono replay` says that one document of a browser showed. */
export interface Replay {
  screens: string[];
  states: string[];
  /** Whole seconds; nothing where nobody talked, or not to the end. */
  talkedSeconds: number | undefined;
  whole: boolean;
}

/** A call's timeline, as our server has it. */
export class Timeline {
  constructor(private readonly page: Page) {}

  /** The export's text. */
  async text(id: string): Promise<string> {
    const answer = await this.page.request.get(`/api/calls/${id}/timeline.json`);
    if (!answer.ok()) throw new Error(`the timeline of ${id}: ${answer.status()} ${await answer.text()}`);
    return answer.text();
  }

  async export(id: string): Promise<Export> {
    return JSON.parse(await this.text(id)) as Export;
  }

  /** Waits until the export has all of this, each somewhere in its JSON. */
  async has(id: string, ...words: string[]): Promise<void> {
    const missing = async () => {
      const text = await this.text(id);
      return words.filter((word) => !text.includes(word));
    };
    await plain.poll(missing).toEqual([]);
  }

  /** Takes the phone through the exported file once more, with the call crate behind `tono replay`. */
  async replay(id: string): Promise<Replay[]> {
    const file = playwright.info().outputPath(`${id}.json`);
    await writeFile(file, await this.text(id));
    const { stdout } = await promisify(execFile)(join(BIN, "tono"), ["replay", file]);
    return stdout.split(/^page .*$/m).slice(1).map(read);
  }
}

function read(text: string): Replay {
  const behind = (word: string) => Array.from(text.matchAll(new RegExp(`${word} (.+)$`, "gm")), ([, rest]) => rest ?? "");
  const talked = /^talked (\d+)\.\d+ s$/m.exec(text)?.[1];
  return {
    screens: behind("s screen"),
    states: behind("s call"),
    talkedSeconds: talked === undefined ? undefined : Number(talked),
    whole: !text.includes("missing"),
  };
}

/** A lane, by the name that the page has for it. */
export type Lane = "You" | "Browser (SDK)" | "Connection" | "Sound" | "Warnings" | "Telnyx" | "Server";

/** The timeline in the newest row of the history, as one sees it. */
export class Lanes {
  readonly button: Locator;
  readonly whole: Locator;

  constructor(private readonly phone: Phone) {
    this.button = phone.newestRow.getByRole("button", { name: "Timeline" });
    this.whole = phone.newestRow.locator(".timeline");
  }

  /** Opens it and waits until it is drawn. */
  async open(): Promise<void> {
    await this.button.click();
    await this.mark("Browser (SDK)", "hangup").waitFor();
  }

  async names(): Promise<string[]> {
    return this.whole.getByRole("list", { name: "Timeline" }).locator("label").allInnerTexts();
  }

  /** The box by which a lane is shown or not. */
  box(name: Lane): Locator {
    return this.whole.getByRole("checkbox", { name, exact: true });
  }

  lane(name: Lane): Locator {
    const box = this.phone.page.getByRole("checkbox", { name, exact: true });
    return this.whole.getByRole("listitem").filter({ has: box });
  }

  /** All marks of a lane, in their order. */
  marks(lane: Lane): Locator {
    return this.lane(lane).getByRole("img");
  }

  /** The last mark whose name begins so. */
  mark(lane: Lane, word: string): Locator {
    return this.lane(lane).getByRole("img", { name: new RegExp(`^${word}`) }).last();
  }

  /** Points at a mark with the mouse. */
  async points(lane: Lane, word: string): Promise<void> {
    await this.mark(lane, word).locator(".mark__sign").hover();
  }

  /** Where a mark stands from left to right, in pixels. */
  async left(lane: Lane, word: string): Promise<number> {
    const box = await this.mark(lane, word).locator(".mark__sign").boundingBox();
    if (box === null) throw new Error(`${word} is not to be seen`);
    return box.x + box.width / 2;
  }
}

export const expect = plain.extend({
  /** The marks have, among others, exactly these names in this order. */
  async toHaveNames(marks: Locator, names: string[]) {
    let found: string[] = [];
    const look = async () => {
      const labels = await marks.evaluateAll((all) => all.map((mark) => mark.getAttribute("aria-label") ?? ""));
      found = labels.map((label) => label.split(" · ")[0] ?? "");
      return found.filter((name) => names.includes(name));
    };
    try {
      await plain.poll(look).toEqual(names);
      return { pass: true, message: () => `the marks are ${found.join(", ")}` };
    } catch {
      return { pass: false, message: () => `expected ${names.join(", ")} among the marks ${found.join(", ")}` };
    }
  },
});

interface PerTest {
  timeline: Timeline;
  lanes: Lanes;
}

export const test = base.extend<PerTest>({
  timeline: async ({ page }, use) => use(new Timeline(page)),
  lanes: async ({ closedPhone }, use) => use(new Lanes(closedPhone)),
});
