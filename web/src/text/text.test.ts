import { expect, test } from "vitest";
import { de } from "./de";
import { en } from "./en";

/** placeholders are the names in the braces of a message. */
function placeholders(message: string): string[] {
  return [...message.matchAll(/\{(\w+)[,}]/g)].map((m) => m[1] ?? "").sort();
}

test("German texts ask for the values that the English ones ask for", () => {
  for (const [key, german] of Object.entries(de)) {
    expect(placeholders(german), key).toEqual(placeholders(en[key as keyof typeof en]));
  }
});
