/** The page's words in three languages. English names the keys; the type holds all three to them. */

import type { Words } from "../hub/types";
import { language } from "../state/operator";
import { ageText } from "../state/time";
import en from "./en.json";
import kk from "./kk.json";
import ru from "./ru.json";

export type Key = keyof typeof en;
type Dictionary = Record<Key, string>;

const dictionaries: Record<"kk" | "ru" | "en", Dictionary> = { kk, ru, en };

/** The words for `key`, with each `{name}` filled in. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return dictionaries[language.value][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
}

/** The words for a name that the hub gives, such as a mode; the bare name where none is known. */
export function named(group: "mode" | "kind" | "class" | "camera" | "camera_one" | "deed" | "link" | "refused" | "part" | "upload" | "problem", name: string): string {
  const words = dictionaries[language.value] as Record<string, string>;
  return words[`${group}.${name}`] ?? name;
}

/** The name of a command, as its button says it. */
export function wishName(command: string): string {
  const words = dictionaries[language.value] as Record<string, string>;
  return words[`flight.${command}`] ?? words[`fleet.${command}`] ?? command;
}

/** The words for `key` as they are said aloud, not shown. */
export function language_words(key: Key): string {
  return (dictionaries[language.value] as Record<string, string>)[`${key}_said`] ?? t(key);
}

/** Words that the hub already has in every language. */
export function inLanguage(words: Words | string | null | undefined): string {
  if (words === null || words === undefined) return "";
  return typeof words === "string" ? words : words[language.value] || words.en || words.ru || words.kk;
}

export function age(age_s: number): string {
  return ageText(age_s, {
    second: t("unit.second"),
    minute: t("unit.minute"),
    hour: t("unit.hour"),
    day: t("unit.day"),
  });
}

export function metres(length_m: number): string {
  return length_m < 1000
    ? `${Math.round(length_m)} ${t("unit.metre")}`
    : `${(length_m / 1000).toFixed(1)} ${t("unit.kilometre")}`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export function degrees(angle_rad: number): string {
  const turn = ((angle_rad * 180) / Math.PI + 360) % 360;
  return `${String(Math.round(turn) % 360).padStart(3, "0")}°`;
}
