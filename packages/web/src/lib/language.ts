/** The language of the page: the one that was chosen at this terminal, else the one that the browser prefers. It changes at once, in a call, too. */
import { computed, effect, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { aboutLanguage, bestLanguage, languages, takeLanguageFrom } from "@signet/words";
import type { Language } from "@signet/words";

import { readStored, writeStored } from "./storage.ts";

const readChoice = (): Language | undefined => languages.find((each) => each === readStored("language"));

const choice = signal(readChoice());

/** undefined: as the browser. */
export const chosenLanguage: ReadonlySignal<Language | undefined> = choice;

export const languageOfBrowser = (): Language => bestLanguage(navigator.languages);

export function chooseLanguage(language: Language | undefined): void {
  choice.value = language;
  writeStored("language", language ?? "");
}

/** One for each language, in public/. */
export const manifestOf = (language: Language): string =>
  language === "en" ? "/manifest.webmanifest" : `/manifest.${language}.webmanifest`;

/** Whatever is rendered asks for its words, and with them for the signal: so it is rendered anew when the language changes. */
export function startLanguage(): void {
  const current = computed(() => choice.value ?? languageOfBrowser());
  takeLanguageFrom(() => current.value, navigator.languages);
  effect(() => {
    document.documentElement.lang = current.value;
    document.documentElement.dir = aboutLanguage(current.value).direction;
    // What the system shows of an app that is installed from here.
    document.querySelector("link[rel=manifest]")?.setAttribute("href", manifestOf(current.value));
  });
  // What is chosen in another tab of this browser counts here, too.
  addEventListener("storage", () => (choice.value = readChoice()));
}
