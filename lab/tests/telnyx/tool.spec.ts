import { execFile } from "node:child_process";

import { TONO_LAB } from "./fixtures/running.ts";
import { expect, test } from "./fixtures/test.ts";

/** Runs `tono-lab` to its end. */
function lab(words: string[], settings: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> {
  return new Promise((done) => {
    const env = { ...process.env, ...settings };
    const child = execFile(TONO_LAB, words, { env }, (_error, out, err) => done({ code: child.exitCode ?? -1, out, err }));
  });
}

test("--help names each variable and command", async () => {
  const { code, out } = await lab(["--help"]);
  expect(code).toBe(0);
  for (const word of ["tono-lab env", "TONO_LAB_PORT", "TONO_LAB_FILES_PORT", "TONO_LAB_WEBHOOK", "TONO_LAB_KEY", "TONO_LAB_SEED", "TONO_LAB_CLOCK", "TONO_LAB_SCENARIO", "--scenario FILE"]) {
    expect(out).toContain(word);
  }
});

test("--help helps whoever has set something wrongly, too", async () => {
  expect(await lab(["--help"], { TONO_LAB_PORT: "x", TONO_LAB_SCENARIO: "/nowhere" })).toMatchObject({ code: 0, err: "" });
});

test("env prints what a server needs", async ({ running }) => {
  for (const name of ["TONO_TELNYX_API", "TONO_TELNYX_KEY", "TONO_GATEWAY", "TONO_PUBLIC_KEY", "TELNYX_BASE_URL", "TELNYX_API_KEY", "TELNYX_PUBLIC_KEY"]) {
    expect(running.variable(name)).not.toBe("");
  }
  expect(running.variable("TONO_CONNECTION_ID")).toMatch(/^\d{19}$/);
  expect(running.variable("TONO_CALL_CONTROL_APP")).toMatch(/^\d{19}$/);
});

test("what cannot be used is named, with what to do about it", async ({ running }) => {
  const port = new URL(running.origin).port;
  const taken = await lab([], { TONO_LAB_PORT: port });
  expect(taken).toMatchObject({ code: 1 });
  expect(taken.err).toContain(`port ${port}`);
  expect(taken.err).toContain("TONO_LAB_PORT");
  const bad = await lab([], { TONO_LAB_WEBHOOK: "nowhere" });
  expect(bad).toMatchObject({ code: 2, err: expect.stringContaining('TONO_LAB_WEBHOOK is "nowhere"') });
  const word = await lab(["fly"]);
  expect(word).toMatchObject({ code: 2, err: expect.stringContaining("tono-lab --help") });
});
