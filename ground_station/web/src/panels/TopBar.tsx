/** Whose district this is, what waits, what time it is there, and the page's own settings. */

import { inLanguage, t } from "../language";
import { dialog } from "../state/actions";
import { LANGUAGES, language, muted, operator } from "../state/operator";
import { district, districtName, isStale, link, newAlertCount, now_ms } from "../state/store";
import { localDay, localTime } from "../state/time";
import { soundBlocked } from "../sound";
import { hubAhead_s } from "../hub/api";

export function TopBar() {
  return (
    <header class="bar">
      <div class="brand">
        <svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true">
          <path d="M16 3 29 27 16 21 3 27z" fill="#38d6ff" />
        </svg>
        <strong>QYRAN</strong>
        <span class="district">{inLanguage(district.value?.qyran?.names ?? districtName.value ?? district.value?.qyran?.name)}</span>
      </div>
      {district.value?.qyran?.invented ? (
        <span class="badge-simulated" title={t("app.simulated")}>
          <b>{t("app.simulated_short")}</b>
          <span class="wide-only"> · {t("app.simulated")}</span>
        </span>
      ) : null}
      <span class={newAlertCount.value > 0 ? "unseen some" : "unseen"}>
        {t("app.unread")}: <b>{newAlertCount.value}</b>
      </span>
      <span class="spread" />
      <LinkLamp />
      <Clock />
      <SoundSwitch />
      <div class="languages" role="group" aria-label={t("app.language")}>
        {LANGUAGES.map((code) => (
          <button
            key={code}
            aria-pressed={language.value === code}
            onClick={() => (language.value = code)}
            lang={code}
          >
            {{ kk: "ҚАЗ", ru: "РУС", en: "ENG" }[code]}
          </button>
        ))}
      </div>
      <button class="operator" onClick={() => (dialog.value = "operator")} title={t("app.operator")}>
        <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
          <path d="M8 8a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 8 8zm-6.4 6.6c.4-3.4 2.9-5 6.4-5s6 1.6 6.4 5z" fill="currentColor" />
        </svg>
        {operator.value || t("app.operator")}
      </button>
      <button class="square" onClick={() => (dialog.value = "help")} aria-label={t("app.help")} title={`${t("app.help")} (?)`}>
        ?
      </button>
    </header>
  );
}

function LinkLamp() {
  return (
    <span class={`lamp ${link.value.state}`} role="status">
      <i aria-hidden="true" />
      {isStale.value ? t(link.value.state === "lost" ? "link.lost" : "link.connecting") : t("link.live")}
    </span>
  );
}

function Clock() {
  const there = new Date(now_ms.value + hubAhead_s * 1000);
  return (
    <time class="clock" dateTime={there.toISOString()} title="Asia/Qyzylorda, UTC+5">
      <span class="wide-only">{localDay(there)} </span>
      <b>{localTime(there)}</b>
    </time>
  );
}

function SoundSwitch() {
  const text = muted.value
    ? t("app.sound_off")
    : soundBlocked.value
      ? t("app.sound_blocked")
      : t("app.sound_on");
  return (
    <button
      class={`square ${muted.value ? "off" : soundBlocked.value ? "blocked" : ""}`}
      aria-pressed={!muted.value}
      aria-label={text}
      title={`${text} (S)`}
      onClick={() => (muted.value = !muted.value)}
    >
      <svg width="18" height="18" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
        <path d="M3 7.5h3l4-3.5v12l-4-3.5H3z" fill="currentColor" />
        {muted.value ? <path d="m13 8 4 4m0-4-4 4" /> : <path d="M13 7.5c1.3 1.3 1.3 3.7 0 5M15.2 5.5c2.5 2.5 2.5 6.5 0 9" />}
      </svg>
    </button>
  );
}
