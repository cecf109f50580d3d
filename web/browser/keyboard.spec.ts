import { expect, type Locator, type Page, test } from "@playwright/test";
import { provision, rollcall, watch } from "./console";

let faults: string[] = [];

test.beforeEach(({ page, baseURL }) => {
  faults = watch(page, baseURL);
});

test.afterEach(() => {
  expect(faults, "errors in the console, and what came from elsewhere").toEqual([]);
});

const invitation = () => rollcall("admin", "invite", "--org", "acme", "--email", "ada@acme.test");

/** tabTo presses Tab until the element has the focus, and says that this can be seen at each stop. */
async function tabTo(page: Page, goal: Locator) {
  await expect(goal).toBeVisible();
  for (let presses = 0; presses < 80; presses++) {
    if (await goal.evaluate((e) => e === document.activeElement)) return;
    await page.keyboard.press("Tab");
    const { at, seen } = await page.evaluate(focus);
    expect(seen, `that ${at} has the focus can be seen`).toBe(true);
  }
  throw new Error(`${goal} can't be reached by Tab`);
}

/** focus says what has the focus, and whether an outline, a border or a shadow of its own shows it. */
function focus() {
  const at = document.activeElement;
  if (!at || at === document.body) return { at: "the page", seen: true };
  // Checkboxes and fields are drawn by what stands around them.
  const around = [at, at.nextElementSibling, at.parentElement].filter((e) => e !== null);
  const look = (e: Element) => {
    for (const a of document.getAnimations()) if (a instanceof CSSTransition) a.finish();
    const s = getComputedStyle(e);
    return `${s.outlineStyle} ${s.outlineWidth} ${s.borderColor} ${s.boxShadow}`;
  };
  const focused = around.map(look);
  if (!(at instanceof HTMLElement)) return { at: at.outerHTML.slice(0, 120), seen: true };
  at.blur();
  const without = around.map(look);
  at.focus({ preventScroll: true, focusVisible: true } as FocusOptions);
  return { at: at.outerHTML.slice(0, 120), seen: focused.some((look, i) => look !== without[i]) };
}

test("by keyboard alone from signing in to a deactivation, and back", async ({ page }) => {
  await provision("keys@acme.test", { displayName: "Keys Keyboard" });
  await page.goto(invitation());
  await tabTo(page, page.getByRole("button", { name: /^Sign in/ }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/");
  await tabTo(page, page.getByRole("link", { name: "People", exact: true }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "People", level: 1 })).toBeVisible();
  await tabTo(page, page.getByRole("searchbox", { name: /^Name, e-mail address/ }));
  await page.keyboard.type("keys keyb");
  await expect(page).toHaveURL(/q=keys/);
  await tabTo(page, page.getByRole("table").getByRole("link", { name: "Keys Keyboard" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Keys Keyboard" })).toBeVisible();
  await tabTo(page, page.getByRole("button", { name: "Deactivate" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Reactivate" })).toBeVisible();
  await tabTo(page, page.getByRole("button", { name: "Undo" }).first());
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Deactivate" })).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("by taps from signing in to a deactivation, and back", async ({ page }) => {
    await provision("taps@acme.test", { displayName: "Taps Phone" });
    await page.goto(invitation());
    await page.getByRole("button", { name: /^Sign in/ }).tap();
    await expect(page).toHaveURL("/");
    await page.getByRole("button", { name: "Open the list of pages" }).tap();
    await page.getByRole("link", { name: "People", exact: true }).tap();
    await page.getByRole("searchbox", { name: /^Name, e-mail address/ }).fill("taps ph");
    await expect(page).toHaveURL(/q=taps/);
    await page.getByRole("table").getByRole("link", { name: "Taps Phone" }).tap();
    await expect(page.getByRole("heading", { name: "Taps Phone" })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.getByRole("button", { name: "Deactivate" }).tap();
    await expect(page.getByRole("button", { name: "Reactivate" })).toBeVisible();
    await page.getByRole("button", { name: "Undo" }).first().tap();
    await expect(page.getByRole("button", { name: "Deactivate" })).toBeVisible();
  });
});
