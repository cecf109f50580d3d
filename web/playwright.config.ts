import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

// The tests run in Debian's Chromium, against the server that scripts/withserver
// has started. Playwright brings no browser of its own.
export default defineConfig({
  testDir: "browser",
  // The gallery is a run of its own: GALLERY=main, or GALLERY=all.
  [process.env.GALLERY ? "testMatch" : "testIgnore"]: "gallery.spec.ts",
  workers: 1,
  timeout: 180_000, // ends what hangs; machines are slow at times
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  use: {
    baseURL: new URL(process.env.ROLLCALL_BASE ?? "http://127.0.0.1:8080").origin,
    screenshot: "only-on-failure",
    trace: process.env.TRACE ? "retain-on-failure" : "off", // it takes as long again as some tests
    launchOptions: {
      executablePath:
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync) ?? "",
      args: [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        // Chromium's sandbox doesn't work for root, as which containers run.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ],
    },
  },
});
