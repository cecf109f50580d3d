import { rm } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import { type Browser, type BrowserContext, expect, type Page, type Route, test } from "@playwright/test";
import { signIn, watch } from "./console";
import { type Scene, scenes } from "./scenes";
import { furnish, type Stage } from "./stage";

// Every page and state, at two widths and in two colour schemes, as pictures in
// web/gallery for people to look at. What a program can judge is asserted here:
// nothing is wider than the screen, the browser complains of nothing, and axe
// finds nothing. Pages as they are first met are taken in all four ways, other
// scenes on the desk in light and on the phone in dark, unless GALLERY=all.
// playwright.config.ts leaves this out unless GALLERY is set.

const folder = "gallery";
const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const tallest = 1800; // px; below it lists only go on
type Scheme = "light" | "dark";
type States = Map<Scene["as"], Awaited<ReturnType<BrowserContext["storageState"]>>>;
type Size = typeof desk;

/** main is a way in which every scene is taken, and axe looks. */
const main = (size: Size, scheme: Scheme) => (size === desk) === (scheme === "light");

function taken(scene: Scene, size: Size, scheme: Scheme) {
  if (scene.phone) return size === phone;
  return process.env.GALLERY === "all" || !scene.name.includes("-") || main(size, scheme);
}

/** hinder makes the network as a scene wants it. Who is signed in is still answered. */
async function hinder(page: Page, network: Scene["network"]) {
  await page.unroute("**/graphql");
  if (!network) return;
  const answers: Record<NonNullable<Scene["network"]>, (route: Route) => Promise<unknown>> = {
    slow: () => new Promise(() => {}),
    failing: (route) => route.fulfill({ status: 500, contentType: "text/plain", body: "Bad gateway" }),
    cut: (route) => route.abort("internetdisconnected"),
    ended: (route) =>
      route.fulfill({ json: { errors: [{ message: "Sign in.", extensions: { code: "UNAUTHENTICATED" } }] } }),
    streamless: (route) => route.abort("connectionreset"),
  };
  await page.route("**/graphql", (route) => {
    const asked = route.request().postData() ?? "";
    const stream = asked.includes("subscription ");
    const hindered = network === "streamless" ? stream : !stream && !asked.includes("query Viewer");
    return hindered ? answers[network](route) : route.continue();
  });
}

/** settle waits until a page shows what it has to show. */
async function settle(page: Page, network: Scene["network"]) {
  const skeletons = page.locator(".mantine-Skeleton-root");
  if (network === "slow") return expect(skeletons.first()).toBeVisible();
  await expect(page.getByRole("heading").first()).toBeVisible();
  await expect(page.locator("[aria-busy=true], .mantine-Skeleton-root")).toHaveCount(0);
  if (network === "failing" || network === "cut") await expect(page.getByRole("alert").first()).toBeVisible();
}

/** take makes a picture of a scene as it stands, and returns what is wrong with it. */
async function take(page: Page, scene: Scene, size: Size, scheme: Scheme): Promise<string[]> {
  await page.evaluate(() => document.fonts.ready);
  const wide = await page.evaluate(() => document.scrollingElement?.scrollWidth ?? 0);
  const wider = wide > size.width ? [`${wide} px wide`] : [];
  // What lies above the page covers what is seen, not the whole page.
  const above = scene.phone || (await page.getByRole("dialog").count()) > 0;
  const height = above ? size.height : await page.evaluate(() => document.documentElement.scrollHeight);
  await page.screenshot({
    path: `${folder}/${scene.name}-${size.width}-${scheme}.png`,
    fullPage: !above,
    clip: { x: 0, y: 0, width: size.width, height: Math.min(height, tallest) },
  });
  if (!main(size, scheme) && !scene.phone) return wider;
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    // Browsers don't take a header within a section for the page's own; axe does where the section is a dialog.
    .disableRules(above ? ["landmark-no-duplicate-banner", "landmark-unique"] : [])
    .analyze();
  return [
    ...wider,
    ...violations.map((v) => `axe, ${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`),
  ];
}

/** admit signs everybody in who looks. */
async function admit(browser: Browser, stage: Stage): Promise<States> {
  const states: States = new Map();
  for (const [as, role, org] of [
    [undefined, "OWNER", stage.full],
    ["newcomer", "OWNER", stage.empty],
    ["babel", "OWNER", stage.awkward],
    ["auditor", "AUDITOR", stage.full],
    ["learner", "LEARNER", stage.full],
  ] as const) {
    const context = await browser.newContext();
    await signIn(await context.newPage(), `${as ?? "ada"}@gallery.test`, role, org.slug);
    states.set(as, await context.storageState());
    await context.close();
  }
  return states;
}

/** lane takes all scenes in one scheme, with one page for each who looks, and returns what is wrong. */
async function lane(browser: Browser, stage: Stage, states: States, scheme: Scheme, origin: string) {
  const wrong: string[] = [];
  const pages = new Map<Scene["as"], { page: Page; faults: string[] }>();
  const open = async (as: Scene["as"]) => {
    const storageState = states.get(as);
    const context = await browser.newContext({
      colorScheme: scheme,
      reducedMotion: "reduce",
      ...(storageState && { storageState }),
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000); // what a scene can't do must not hold up the others
    const opened = { page, faults: watch(page, origin) };
    pages.set(as, opened);
    return opened;
  };
  for (const scene of scenes(stage)) {
    const { page, faults } = pages.get(scene.as) ?? (await open(scene.as));
    const sizes = [desk, phone].filter((size) => taken(scene, size, scheme));
    const where = (size?: Size) => `${scene.name}${size ? ` at ${size.width} px` : ""}, ${scheme}`;
    faults.length = 0;
    try {
      for (const [i, size] of sizes.entries()) {
        await page.setViewportSize(size);
        if (i === 0) {
          await page.goto("about:blank"); // so that a fragment alone is an address too
          await hinder(page, scene.network);
          await page.goto(scene.path);
        }
        await settle(page, scene.network);
        if (i === 0) await scene.act?.(page);
        for (const fault of await take(page, scene, size, scheme)) wrong.push(`${where(size)}: ${fault}`);
      }
    } catch (error) {
      wrong.push(`${where()}: ${error}`);
    }
    const told = faults.filter(
      (f) => !((scene.network || scene.as === "stranger") && f.startsWith("Failed to load resource")),
    );
    for (const fault of told) wrong.push(`${where()}: the browser says ${fault}`);
  }
  return wrong;
}

test.use({ trace: "off" }); // it would be as long as all scenes together

test("every page and state fits, and axe finds nothing", async ({ browser, baseURL }) => {
  test.setTimeout(1_200_000);
  await rm(folder, { recursive: true, force: true });
  const stage = await furnish();
  const states = await admit(browser, stage);
  const wrong = await Promise.all(
    (["light", "dark"] as const).map((scheme) => lane(browser, stage, states, scheme, baseURL ?? "")),
  );
  expect(wrong.flat()).toEqual([]);
});
