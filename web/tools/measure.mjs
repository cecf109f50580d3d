// @ts-nocheck: half of it runs inside the page, where the types of Node.js say nothing
// Measures the console in Chromium against a running server, as somebody who is
// signed in by a one-time link (rollcall admin invite prints one):
//
//   node web/tools/measure.mjs http://localhost:8080/signin/link/… [pages|chart]
//
// It says of each page how long the first rows take and how far things move while
// it loads (layout shift), and of scrolling how often a picture came and how much
// of the main thread's time it took. src/ui/README.md has the numbers we saw.
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const link = process.argv[2];
const only = process.argv[3]; // pages, or chart
if (!link) {
  console.error("usage: node web/tools/measure.mjs LINK [pages|chart]");
  process.exit(2);
}
const base = new URL(link).origin;
const browser = await chromium.launch({
  executablePath:
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync) ?? "",
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.addInitScript(() => {
  globalThis.shift = 0;
  globalThis.moved = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      globalThis.shift += entry.value;
      globalThis.moved.push(
        ...entry.sources.map((s) => `${s.node?.nodeName ?? "?"}.${s.node?.className ?? ""}`.slice(0, 80)),
      );
    }
  }).observe({ type: "layout-shift", buffered: true });
});
await page.goto(link);
await page.getByRole("button", { name: /^Sign in/ }).click();
await page.waitForURL(`${base}/`);

const rows = 'main table[aria-busy="false"] tbody tr, main [role=treeitem], main ol li';
const round = (n, digits = 0) => Number(n.toFixed(digits));

/** loaded opens a page afresh and waits until it is at rest. */
async function loaded(name, path, ready = rows) {
  await page.goto(base + path, { waitUntil: "commit" });
  await page.locator(ready).first().waitFor();
  const ms = await page.evaluate(() => performance.now());
  await page.waitForTimeout(1000); // what comes late moves things too
  const { shift, moved } = await page.evaluate(() => ({ shift: globalThis.shift, moved: globalThis.moved }));
  console.log(
    `${name}: first rows ${round(ms)} ms, layout shift ${round(shift, 4)}`,
    [...new Set(moved)].join(" "),
  );
}

/** until says how long an act takes until rows stand there that test holds for. */
async function until(name, act, test) {
  const began = Date.now();
  await act();
  for (;;) {
    const settled = page.locator('main table[aria-busy="false"] tbody tr');
    const texts = await settled.allTextContents();
    if (texts.length > 0 && test(texts)) break;
    if (Date.now() - began > 20_000)
      throw new Error(`${name}: not after 20 s; there are ${texts.slice(0, 3).join(" | ")}`);
  }
  console.log(`${name}: ${Date.now() - began} ms`);
}

/** scrolled turns the wheel over an element for three seconds. */
async function scrolled(name, selector) {
  const box = await page.locator(selector).first().boundingBox();
  await page.mouse.move(box.x + box.width / 2, Math.min(box.y + box.height / 2, 600));
  const trace = await page.context().newCDPSession(page);
  const events = [];
  trace.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  await trace.send("Tracing.start", {
    categories: "toplevel,devtools.timeline,disabled-by-default-devtools.timeline",
    transferMode: "ReportEvents",
  });
  await page.evaluate(() => {
    globalThis.pictures = [];
    const on = (t) => {
      globalThis.pictures.push(t);
      if (globalThis.pictures) requestAnimationFrame(on);
    };
    requestAnimationFrame(on);
  });
  const began = Date.now();
  for (let i = 0; Date.now() - began < 3000; i++) {
    await page.mouse.wheel(0, Math.floor(i / 40) % 2 ? -120 : 120);
    await new Promise((next) => setTimeout(next, 16));
  }
  const times = await page.evaluate(() => globalThis.pictures);
  const over = new Promise((done) => trace.once("Tracing.tracingComplete", done));
  await trace.send("Tracing.end");
  await over;
  await trace.detach();
  const gaps = times
    .slice(1)
    .map((t, i) => t - times[i])
    .sort((a, b) => a - b);
  const main = events.find((e) => e.name === "thread_name" && e.args.name === "CrRendererMain");
  const tasks = events
    .filter(
      (e) =>
        e.ph === "X" &&
        e.name === "ThreadControllerImpl::RunTask" &&
        e.pid === main?.pid &&
        e.tid === main?.tid,
    )
    .map((e) => (e.tdur ?? e.dur) / 1000)
    .sort((a, b) => a - b);
  const at = (list, part) => round(list[Math.min(Math.floor(list.length * part), list.length - 1)] ?? 0, 1);
  const busy = tasks.reduce((sum, t) => sum + t, 0);
  console.log(
    `${name}: ${round((gaps.length * 1000) / (times.at(-1) - times[0]), 1)} pictures a second; between two ${at(gaps, 0.5)} ms, 95 % below ${at(gaps, 0.95)} ms, at most ${at(gaps, 1)} ms; ` +
      `main thread: ${round(busy / gaps.length, 1)} ms of CPU for each picture, longest task ${at(tasks, 1)} ms`,
  );
}

if (only !== "chart") await pages();
if (only !== "pages") await chart();
await browser.close();

async function pages() {
  await loaded("people", "/people");
  await scrolled("people, scrolled", "main table");
  const texts = await page.locator("main tbody tr").allTextContents();
  const name = (await page.locator("main tbody tr a").nth(20).textContent()) ?? "";
  await until(
    `people, search for ${name}`,
    () => page.getByRole("searchbox").fill(name),
    (rows) => rows.join() !== texts.join() && rows.some((r) => r.includes(name)),
  );
  await loaded("people, filter by title", `/people?f=${encodeURIComponent('title co "lead"')}`);
  await loaded(
    "people, filter that holds for nobody",
    `/people?f=${encodeURIComponent('title eq "nobody"')}`,
    "main h2, main h3",
  );
  await loaded("people, inactive", "/people?status=INACTIVE");
  await loaded("people, by user name", "/people?sort=user");
  await loaded("people, from the end", "/people?sort=-name");
  await until(
    "people, next page",
    () => page.getByRole("button", { name: "Next" }).click(),
    (rows) => !rows.includes(texts[0]) && page.url().includes("after="),
  );
  for (const path of [
    "/",
    "/people/duplicates",
    "/groups",
    "/departments",
    "/connections",
    "/log",
    "/log?view=cycles",
    "/log?view=causes",
    "/audit",
    "/tokens",
    "/settings",
    "/account",
  ])
    await loaded(path, path, `${rows}, main section`);
  for (const [list, what] of [
    ["/people", "a person"],
    ["/groups", "a group"],
    ["/departments", "a department"],
    ["/log", "a request"],
  ]) {
    await page.goto(base + list);
    const path = await page.locator("main tbody tr a").first().getAttribute("href");
    await loaded(what, path, "main section");
  }
}

/** chart opens everybody, from top to bottom. */
async function chart() {
  await loaded("org chart", "/people/chart");
  const tree = page.getByRole("tree");
  const began = Date.now();
  await tree.evaluate(async (box) => {
    const pause = () => new Promise((next) => setTimeout(next, 30));
    for (;;) {
      const closed = box.querySelectorAll('[role=treeitem][aria-expanded="false"]');
      for (const line of closed) line.click();
      if (closed.length > 0 || box.querySelector(".mantine-Skeleton-root")) await pause();
      else if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) {
        await pause();
        if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) return;
      } else {
        box.scrollTop += box.clientHeight / 2;
        await pause();
      }
    }
  });
  const lines = await tree.evaluate((box) => {
    box.scrollTop = box.scrollHeight / 2;
    return Math.round(box.scrollHeight / 44);
  });
  console.log(`org chart: about ${lines} lines opened in ${Date.now() - began} ms`);
  await scrolled("org chart, scrolled", "[role=tree]");
}
