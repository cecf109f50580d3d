import { setupI18n } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { useLingui } from "@lingui/react";
import type { Key } from "./en";
import { common } from "./en/common";
import { home } from "./en/home";

/** The languages of the console, each with its own name. English is the one that is complete. */
export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

const kept = "rollcall.language";

/** i18n holds the texts of the language in use. */
export const i18n = setupI18n();
i18n.setMessagesCompiler(compileMessage);

/** chosenLanguage is the one that was chosen here, else the first of the browser's that we have. */
export function chosenLanguage(): Language {
  const wanted = [localStorage.getItem(kept), ...navigator.languages.map((l) => l.split("-")[0])];
  return (wanted.find((l) => l && l in languages) as Language | undefined) ?? "en";
}

let pages: Record<string, string> = {}; // the texts that neither the frame nor Home needs

/** loadPageTexts brings the texts of the other pages, which the first load does without. */
export async function loadPageTexts() {
  if (Object.keys(pages).length > 0) return;
  pages = (await import("./en")).en;
  await speak(i18n.locale as Language);
}

/** speak switches to a language; texts that it lacks stay English. */
export async function speak(language: Language, remember = false) {
  const translated = language === "de" ? (await import("./de")).de : {};
  i18n.loadAndActivate({ locale: language, messages: { ...common, ...home, ...pages, ...translated } });
  document.documentElement.lang = language;
  if (remember) localStorage.setItem(kept, language);
}

/** Say returns a text of the catalogue with its values filled in. */
export type Say = (key: Key, values?: Record<string, unknown>) => string;

/** useText gives a component the texts and the locale; it is drawn again when the language changes. */
export function useText(): { say: Say; locale: string; number: (n: number) => string } {
  const { i18n: current } = useLingui();
  return {
    say: (key, values) => current._(key, values),
    locale: current.locale,
    number: (n) => new Intl.NumberFormat(current.locale).format(n),
  };
}

export type { Key };
