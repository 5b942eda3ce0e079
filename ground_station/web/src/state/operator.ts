/** Who sits here and how they like the page: kept in this browser. */

import { effect, signal } from "@preact/signals";
import type { Language } from "../hub/types";

function kept(key: string): string | null {
  return localStorage.getItem(`qyran.${key}`);
}

function keep(key: string, value: string): void {
  localStorage.setItem(`qyran.${key}`, value);
}

export const LANGUAGES: readonly Language[] = ["kk", "ru", "en"];

function firstLanguage(): Language {
  const wanted = [kept("language"), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return (wanted.find((tag) => LANGUAGES.includes(tag as Language)) as Language | undefined) ?? "ru";
}

export const language = signal<Language>(firstLanguage());
export const operator = signal(kept("operator") ?? "");
export const muted = signal(kept("muted") === "yes");

effect(() => {
  keep("language", language.value);
  document.documentElement.lang = language.value;
});
effect(() => keep("operator", operator.value));
effect(() => keep("muted", muted.value ? "yes" : "no"));
