/** Times as a night shift reads them: the district's wall clock, and how long ago. */

// The district's clock, not the workstation's: virtual machines are often left on UTC.
export const DISTRICT_TIME_ZONE = "Asia/Qyzylorda";

const clock = new Intl.DateTimeFormat("ru-RU", {
  timeZone: DISTRICT_TIME_ZONE,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const day = new Intl.DateTimeFormat("ru-RU", {
  timeZone: DISTRICT_TIME_ZONE,
  day: "2-digit",
  month: "2-digit",
  year: "numeric",
});

export function localTime(instant: Date | string): string {
  return clock.format(new Date(instant));
}

export function localDay(instant: Date | string): string {
  return day.format(new Date(instant));
}

export interface AgeUnits {
  second: string;
  minute: string;
  hour: string;
  day: string;
}

/** A length of time in at most two units; a negative one (clocks differ) reads as none. */
export function ageText(age_s: number, units: AgeUnits): string {
  const seconds = Math.max(0, Math.floor(age_s));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${seconds} ${units.second}`;
  if (hours === 0) return `${minutes} ${units.minute}`;
  if (hours < 24) return `${hours} ${units.hour} ${minutes % 60} ${units.minute}`;
  return `${Math.floor(hours / 24)} ${units.day} ${hours % 24} ${units.hour}`;
}
