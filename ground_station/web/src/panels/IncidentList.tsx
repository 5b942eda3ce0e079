/** What people made of alerts: open incidents first, the newest on top. */

import { signal } from "@preact/signals";
import type { Incident } from "../hub/types";
import { inLanguage, t } from "../language";
import { busy, choose, closeIncident } from "../state/actions";
import { incidents, isStale } from "../state/store";
import { localTime } from "../state/time";
import { SeverityMark } from "./SeverityMark";

/** The incident whose closing was asked once and waits to be confirmed. */
const closing = signal("");

export function IncidentList() {
  const ordered = [...incidents.value.values()].sort(
    (a, b) => b.state.localeCompare(a.state) || b.opened_at.localeCompare(a.opened_at),
  );
  return (
    <div class="scroll" role="tabpanel">
      {ordered.length === 0 ? <p class="empty">{t("incidents.none")}</p> : null}
      {ordered.map((incident) => (
        <IncidentCard key={incident.id} incident={incident} />
      ))}
    </div>
  );
}

function IncidentCard({ incident }: { incident: Incident }) {
  const open = incident.state === "open";
  const alertId = incident.alert_ids[0];
  return (
    <article class={`incident ${incident.state}`}>
      <header>
        <SeverityMark severity={incident.severity} fresh={false} size={18} />
        <b>{incident.id}</b>
        <span class={`state-tag ${incident.state}`}>{t(`incident.${incident.state}`)}</span>
        <time dateTime={incident.opened_at}>{localTime(incident.opened_at)}</time>
      </header>
      <p class="title">{inLanguage(incident.title)}</p>
      <p class="dim">
        {inLanguage(incident.place)} · {t("incident.opened_by", { who: incident.opened_by })}
      </p>
      {incident.notes.map((note) => (
        <p class="note" key={note.at}>
          <span class="dim">
            {localTime(note.at)} {note.who}:
          </span>{" "}
          {note.text}
        </p>
      ))}
      <div class="row-buttons">
        {alertId ? <button onClick={() => choose(alertId, true)}>{t("incident.show_alert")}</button> : null}
        {open ? <CloseButton incident={incident} /> : null}
      </div>
    </article>
  );
}

export function CloseButton({ incident }: { incident: Incident }) {
  const asked = closing.value === incident.id;
  return (
    <button
      class={asked ? "armed" : ""}
      disabled={busy.value.has(incident.id) || isStale.value}
      onBlur={() => (closing.value = "")}
      onClick={() => {
        if (asked) closeIncident(incident);
        closing.value = asked ? "" : incident.id;
      }}
    >
      {t(asked ? "incident.close_confirm" : "incident.close")}
    </button>
  );
}
