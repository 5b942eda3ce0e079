/** Alerts or incidents as a list, and below it the chosen alert in full. */

import { computed, signal } from "@preact/signals";
import type { Alert } from "../hub/types";
import { hubAhead_s } from "../hub/api";
import { age, inLanguage, t } from "../language";
import { choose, listTab, showClosed } from "../state/actions";
import { steadyRows } from "../state/steady_rows";
import { alerts, incidents, now_ms, orderedAlerts, selectedAlert, selectedAlertId } from "../state/store";
import { localTime } from "../state/time";
import { AlertDetail } from "./AlertDetail";
import { IncidentList } from "./IncidentList";
import { allWatch } from "./AircraftState";
import { SeverityMark } from "./SeverityMark";

const STILL_MS = 4000;

/** The rows' ids while a pointer moves among them; a resting one must not hold alarms back. */
const heldRows = signal<string[] | null>(null);
let releaseTimer = 0;

const rows = computed(() => {
  const shown = orderedAlerts.value.filter((alert) => showClosed.value || alert.state !== "closed");
  return steadyRows(shown, alerts.value, heldRows.value);
});

export function AlertsPanel() {
  const alert = listTab.value === "alerts" ? selectedAlert.value : null;
  return (
    <>
      <section class={alert ? "panel list shared" : "panel list"}>
        <Tabs />
        {listTab.value === "alerts" ? <AlertList /> : <IncidentList />}
      </section>
      {alert ? (
        <AlertDetail key={alert.id} alert={alert} />
      ) : orderedAlerts.value.length > 0 && listTab.value === "alerts" ? (
        <p class="hint">{t("alerts.choose")}</p>
      ) : null}
    </>
  );
}

function Tabs() {
  const open = orderedAlerts.value.filter((alert) => alert.state !== "closed").length;
  const running = [...incidents.value.values()].filter((incident) => incident.state === "open").length;
  return (
    <div class="tabs" role="tablist">
      <button
        role="tab"
        aria-selected={listTab.value === "alerts"}
        onClick={() => {
          release();
          listTab.value = "alerts";
        }}
      >
        {t("alerts.heading")} <span class="count">{open}</span> <Waiting />
      </button>
      <button role="tab" aria-selected={listTab.value === "incidents"} onClick={() => (listTab.value = "incidents")}>
        {t("incidents.heading")} <span class="count">{running}</span>
      </button>
    </div>
  );
}

/** Says in a place that never moves how many alerts wait to be let into the list. */
function Waiting() {
  const { waiting } = rows.value;
  const first = waiting[0];
  if (!first) return null;
  return <span class={`waiting-rows ${first.severity}`}>{t("alerts.waiting", { count: waiting.length })}</span>;
}

function hold(event: PointerEvent): void {
  if (event.pointerType === "touch") return;
  heldRows.value ??= rows.peek().rows.map((alert) => alert.id);
  window.clearTimeout(releaseTimer);
  releaseTimer = window.setTimeout(release, STILL_MS);
}

function release(): void {
  window.clearTimeout(releaseTimer);
  heldRows.value = null;
}

function AlertList() {
  const closed = orderedAlerts.value.filter((alert) => alert.state === "closed").length;
  const shown = rows.value.rows;
  return (
    <div class="scroll" role="tabpanel" onPointerMove={hold} onPointerLeave={release}>
      {shown.length === 0 ? <p class="empty">{t(allWatch() ? "alerts.none" : "alerts.none_though_troubled")}</p> : null}
      <ul class="alerts">
        {shown.map((alert) => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
      </ul>
      {closed > 0 ? (
        <label class="show-closed">
          <input type="checkbox" checked={showClosed.value} onChange={toggleClosed} />
          {t("alerts.show_closed", { count: closed })}
        </label>
      ) : null}
    </div>
  );
}

function toggleClosed(): void {
  release();
  showClosed.value = !showClosed.value;
}

function AlertRow({ alert }: { alert: Alert }) {
  const chosen = selectedAlertId.value === alert.id;
  return (
    <li>
      <button
        class={`alert-row ${alert.severity} ${alert.state}`}
        aria-current={chosen}
        ref={(element) => {
          if (chosen) element?.scrollIntoView({ block: "nearest" });
        }}
        onClick={() => choose(chosen ? null : alert.id, true)}
      >
        <SeverityMark severity={alert.severity} fresh={alert.state === "new"} />
        <span class="words">
          <span class="title">{inLanguage(alert.title)}</span>
          <span class="below">
            <span>
              <span class="severity">{t(`severity.${alert.severity}`)}</span> · {t(`state.${alert.state}`)}
            </span>
            <span class="when">
              <time dateTime={alert.created_at}>{localTime(alert.created_at)}</time> · {age(ageOf_s(alert))}
            </span>
          </span>
        </span>
      </button>
    </li>
  );
}

/** How long the hub has had it: by the hub's clock, since the aircraft's may run apart from it. */
export function ageOf(alert: Alert): string {
  return t("alert.ago", { age: age(ageOf_s(alert)) });
}

function ageOf_s(alert: Alert): number {
  return now_ms.value / 1000 + hubAhead_s - Date.parse(alert.created_at) / 1000;
}
