/** What a drone's own computer says of itself: whether it sees, what is wrong, what it decided. */

import { hubAhead_s } from "../hub/api";
import type { AircraftStatus, Calibrated, Decision } from "../hub/types";
import { age, inLanguage, metres, named, t } from "../language";
import { DECISION_NEWS_MS } from "../state/decisions";
import { decisions, LIVE_LIMIT_MS, now_ms, statuses, type Timed } from "../state/store";
import { localTime } from "../state/time";

type Health = "ok" | "degraded" | "blind" | "silent";

/** Whether no aircraft says that it is hindered: only then is a quiet list good news. */
export function allWatch(): boolean {
  return [...statuses.value.values()].every((status) => healthOf(status) === "ok");
}

/** How many aircraft do not fare well, for the list's heading: a card may be out of sight. */
export function TroubleCount() {
  const troubled = [...statuses.value.values()].map(healthOf).filter((health) => health !== "ok");
  if (troubled.length === 0) return null;
  return (
    <span class={troubled.includes("blind") ? "trouble-count blind" : "trouble-count"} title={t("aircraft.troubled")}>
      <span aria-hidden="true">⚠</span> {troubled.length}
      <span class="unseen-text">{t("aircraft.troubled")}</span>
    </span>
  );
}

/**
 * What stands in a drone's card at all times: nothing where all is well and nothing was decided.
 * In a chosen drone's card every decision is listed below.
 */
export function AircraftNews({ droneId, chosen }: { droneId: string; chosen: boolean }) {
  const status = statuses.value.get(droneId);
  const latest = decisions.value.get(droneId)?.[0];
  const health = status ? healthOf(status) : "ok";
  return (
    <>
      {status && health !== "ok" ? <Trouble status={status} health={health} /> : null}
      {!chosen && latest && ageOf_ms(latest) < DECISION_NEWS_MS ? (
        <span class={`decision ${latest.severity}`}>{inLanguage(latest.words)}</span>
      ) : null}
    </>
  );
}

/** What a chosen drone's card adds. */
export function AircraftDetail({ droneId }: { droneId: string }) {
  const status = statuses.value.get(droneId);
  const made = decisions.value.get(droneId) ?? [];
  if (!status && made.length === 0) return null;
  return (
    <div class="aircraft">
      {status ? <Condition status={status} /> : null}
      {made.length > 0 ? (
        <>
          <h3>{t("aircraft.decisions")}</h3>
          <ol class="decisions">
            {made.map((decision) => (
              <li key={decision.id} class={decision.severity}>
                <time dateTime={decision.decided_at} title={t("alert.ago", { age: age(ageOf_ms(decision) / 1000) })}>
                  {localTime(decision.decided_at)}
                </time>
                <span>{inLanguage(decision.words)}</span>
              </li>
            ))}
          </ol>
        </>
      ) : null}
    </div>
  );
}

function Trouble({ status, health }: { status: Timed<AircraftStatus>; health: Health }) {
  return (
    <span class={`trouble ${health}`} title={status.value.text}>
      <b>
        <span aria-hidden="true">⚠</span> {t(`aircraft.${health}`)}
      </b>
      {": "}
      {health === "silent" ? age((now_ms.value - status.heard_ms) / 1000) : problemsOf(status.value)}
    </span>
  );
}

function Condition({ status }: { status: Timed<AircraftStatus> }) {
  const health = healthOf(status);
  return (
    <dl class="condition">
      {health === "ok" ? (
        <>
          <dt>{t("aircraft.computer")}</dt>
          <dd class="ok">
            <span aria-hidden="true">✔</span> {t("aircraft.ok")}
          </dd>
        </>
      ) : null}
      <dt>{t("aircraft.calibration")}</dt>
      <dd>{calibrationOf(status.value.calibrated ?? null)}</dd>
    </dl>
  );
}

function calibrationOf(known: Calibrated | null): string {
  if (known === null) return t("aircraft.not_calibrated");
  return t("aircraft.calibrated", {
    heading: ((known.heading_sigma_rad * 180) / Math.PI).toFixed(1),
    position: known.position_sigma_m < 10 ? `${known.position_sigma_m.toFixed(1)} ${t("unit.metre")}` : metres(known.position_sigma_m),
    anchors: known.anchors,
    landmarks: known.landmarks,
  });
}

function problemsOf({ problems }: AircraftStatus): string {
  return problems.map((problem) => named("problem", problem)).join(", ");
}

/** An aircraft that says nothing of its state is an older one, and is taken for well. */
function healthOf({ value, heard_ms }: Timed<AircraftStatus>): Health {
  if (now_ms.value - heard_ms > LIVE_LIMIT_MS) return "silent";
  return value.state === "degraded" || value.state === "blind" ? value.state : "ok";
}

function ageOf_ms(decision: Decision): number {
  return now_ms.value + 1000 * hubAhead_s - Date.parse(decision.decided_at);
}
