/** What the traffic module made of alerts that concern a road. */

import { inLanguage, named, t } from "../language";
import { choose } from "../state/actions";
import type { TrafficEvent } from "../hub/types";
import { alerts, selectedAlertId, trafficEvents } from "../state/store";
import { localTime } from "../state/time";

export function TrafficPanel() {
  const events = [...trafficEvents.value.values()].sort((a, b) => heardAt(b).localeCompare(heardAt(a)));
  return (
    <section class="panel traffic">
      <h2>
        {t("traffic.heading")} <span class="count">{events.length}</span>
      </h2>
      <div class="scroll">
        {events.length === 0 ? <p class="empty">{t("traffic.none")}</p> : null}
        {events.map((event) => (
          <button
            key={event.id}
            class="traffic-event"
            aria-current={selectedAlertId.value === event.alert_id}
            onClick={() => choose(event.alert_id, true)}
          >
            <b>{named("kind", event.kind)}</b>
            <span>{inLanguage(event.road_name ?? event.place)}</span>
            <small>
              {localTime(heardAt(event))} · {t(`traffic.${event.state}`)}
            </small>
          </button>
        ))}
      </div>
    </section>
  );
}

/** When the hub heard of it: the aircraft's clock, which the event's own times follow, may differ. */
function heardAt(event: TrafficEvent): string {
  return alerts.value.get(event.alert_id)?.created_at ?? event.began_at;
}
