import { defineConfig } from "@playwright/test";

import { BEEPS } from "./e2e/fixtures/beeps.ts";

/** Chromium with a microphone that beeps, and with nothing that calls home. */
const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  // Without another network interface Chromium would offer no address at all, and the SDK would wait for ever.
  "--allow-loopback-in-peer-connection",
  "--autoplay-policy=no-user-gesture-required",
  `--use-file-for-fake-audio-capture=${BEEPS}`,
];

const executablePath = process.env["CHROMIUM"];

export default defineConfig({
  testDir: "e2e",
  outputDir: "target/e2e",
  globalSetup: "./e2e/fixtures/beeps.ts",
  // One lab, one server, one browser: the machine has two cores, and sound needs its share of them.
  workers: 1,
  // A promise that holds at the second try only is a promise broken, and is mended: here it fails. The machine that decides
  // whether work may land is shared and stands still for seconds: there a spec is tried once more and named flaky.
  retries: process.env["CI"] === "true" ? 1 : 0,
  forbidOnly: process.env["CI"] === "true",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    locale: "en-US",
    actionTimeout: 10_000,
    launchOptions: { args: FLAGS, ...(executablePath === undefined ? {} : { executablePath }) },
    trace: "retain-on-failure",
  },
  projects: [
    { name: "promises", testMatch: /\.spec\.ts$/ },
    // Telnyx's own client against the lab; no browser.
    { name: "client", testDir: "lab/tests/telnyx", testMatch: /\.spec\.ts$/, outputDir: "target/client" },
    { name: "shots", testMatch: /\.shots\.ts$/, outputDir: "target/e2e-shots" },
  ],
});
