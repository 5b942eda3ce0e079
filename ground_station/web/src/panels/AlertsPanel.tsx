/** Alerts or incidents as a list, and below it the chosen alert in full. */

import type { Alert } from "../hub/types";
import { hubAhead_s } from "../hub/api";
import { age, inLanguage, t } from "../language";
import { choose, listTab, showClosed } from "../state/actions";
import { incidents, now_ms, orderedAlerts, selectedAlert, selectedAlertId } from "../state/store";
import { localTime } from "../state/time";
import { AlertDetail } from "./AlertDetail";
import { IncidentList } from "./IncidentList";
import { SeverityMark } from "./SeverityMark";

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
      <button role="tab" aria-selected={listTab.value === "alerts"} onClick={() => (listTab.value = "alerts")}>
        {t("alerts.heading")} <span class="count">{open}</span>
      </button>
      <button role="tab" aria-selected={listTab.value === "incidents"} onClick={() => (listTab.value = "incidents")}>
        {t("incidents.heading")} <span class="count">{running}</span>
      </button>
    </div>
  );
}

function AlertList() {
  const closed = orderedAlerts.value.filter((alert) => alert.state === "closed").length;
  const shown = orderedAlerts.value.filter((alert) => showClosed.value || alert.state !== "closed");
  return (
    <div class="scroll" role="tabpanel">
      {shown.length === 0 ? <p class="empty">{t("alerts.none")}</p> : null}
      <ul class="alerts">
        {shown.map((alert) => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
      </ul>
      {closed > 0 ? (
        <label class="show-closed">
          <input type="checkbox" checked={showClosed.value} onChange={() => (showClosed.value = !showClosed.value)} />
          {t("alerts.show_closed", { count: closed })}
        </label>
      ) : null}
    </div>
  );
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
              <time dateTime={alert.captured_at}>{localTime(alert.captured_at)}</time> · {ageOf(alert)}
            </span>
          </span>
        </span>
      </button>
    </li>
  );
}

/** How long the hub has had it: by the hub's clock, since the aircraft's may run apart from it. */
export function ageOf(alert: Alert): string {
  const now = now_ms.value / 1000 + hubAhead_s;
  return t("alert.ago", { age: age(now - Date.parse(alert.created_at) / 1000) });
}
