import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

import { expect, type Page, test as playwright } from "@playwright/test";

import { test as base } from "../fixtures/test.ts";

export { expect } from "@playwright/test";

const BIN = process.env["TONO_BIN"] ?? resolve(import.meta.dirname, "../../target/debug");

/** What the server exports of a call, as far as specs look at it; see docs/timeline.md. */
export interface Export {
  format: string;
  version: number;
  row: { id: string; outcome: string | null; to: string };
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
    await expect.poll(missing).toEqual([]);
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

export const test = base.extend<{ timeline: Timeline }>({
  timeline: async ({ page }, use) => use(new Timeline(page)),
});
