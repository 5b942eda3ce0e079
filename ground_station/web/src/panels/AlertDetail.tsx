/** One alert in full: what, why, where, how sure, its picture, who can look there, who did what. */

import { useState } from "preact/hooks";
import type { Alert } from "../hub/types";
import { cameraName } from "../state/camera_names";
import { degrees, inLanguage, metres, named, percent, t } from "../language";
import { acknowledge, askForIncident, askToClose, busy, choose, closeUpAsked, incidentOf, listTab } from "../state/actions";
import { isStale, vehicles } from "../state/store";
import { localDay, localTime } from "../state/time";
import { AlertPicture } from "./AlertPicture";
import { ageOf } from "./AlertsPanel";
import { CloseButton } from "./IncidentList";
import { SeverityMark } from "./SeverityMark";

/** A drone's event reaches the hub in seconds, after a lost link in minutes. */
const CLOCKS_APART_S = 3600;

export function AlertDetail({ alert }: { alert: Alert }) {
  return (
    <section class={`panel detail ${alert.severity}`} aria-label={inLanguage(alert.title)}>
      <header>
        <SeverityMark severity={alert.severity} fresh={alert.state === "new"} size={26} />
        <div>
          <h2>{inLanguage(alert.title)}</h2>
          <p class="below">
            <span class="severity">{t(`severity.${alert.severity}`)}</span> · {t(`state.${alert.state}`)} · {ageOf(alert)}
          </p>
        </div>
        <button
          class="square"
          onClick={() => (closeUpAsked.value += 1)}
          aria-label={t("alert.show_on_map")}
          title={`${t("alert.show_on_map")} (M)`}
        >
          <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.6" aria-hidden="true">
            <circle cx="8" cy="8" r="4.5" />
            <path d="M8 .8v4M8 11.2v4M.8 8h4M11.2 8h4" />
          </svg>
        </button>
        <button class="square" aria-label={t("alert.back")} title={`${t("alert.back")} (Esc)`} onClick={() => choose(null)}>
          ×
        </button>
      </header>
      <div class="scroll">
        <p class="why">{inLanguage(alert.explanation)}</p>
        <AlertPicture alert={alert} />
        <Facts alert={alert} />
        <Cameras alert={alert} />
        <History alert={alert} />
      </div>
      <Deeds alert={alert} />
    </section>
  );
}

function Facts({ alert }: { alert: Alert }) {
  const place = inLanguage(alert.place);
  const drone = [...vehicles.value.values()].find((vehicle) => vehicle.drone_id === alert.drone_id);
  return (
    <dl class="alert-facts">
      <dt>{t("alert.certainty")}</dt>
      <dd>
        <meter min={0} max={1} value={alert.certainty} aria-hidden="true" /> {percent(alert.certainty)}
      </dd>
      <dt>{t("alert.place")}</dt>
      <dd>{alert.place_inside === false && place ? t("alert.near", { place }) : place || "—"}</dd>
      <dt>{t("alert.coordinates")}</dt>
      <dd>
        <Coordinates alert={alert} />
      </dd>
      <dt>{t("alert.ellipse")}</dt>
      <dd>
        {t("alert.ellipse_text", {
          major: metres(alert.ellipse.semi_major_m),
          minor: metres(alert.ellipse.semi_minor_m),
          probability: percent(alert.ellipse.probability),
        })}
      </dd>
      <dt>{t("alert.count")}</dt>
      <dd>
        {named("class", alert.object_class)} × {alert.object_count}
      </dd>
      <dt>{t("alert.received")}</dt>
      <dd>
        {localTime(alert.created_at)} <span class="dim">{localDay(alert.created_at)}</span>
      </dd>
      <dt>{t("alert.began")}</dt>
      <dd>
        <DroneTime alert={alert} at={alert.began_at} />
      </dd>
      <dt>{t("alert.seen")}</dt>
      <dd>
        <DroneTime alert={alert} at={alert.captured_at} />
      </dd>
      <dt>{t("alert.by")}</dt>
      <dd>{drone?.name ?? alert.drone_id}</dd>
    </dl>
  );
}

/** A time that the drone gave; where its clock is not the hub's, that is said beside it. */
function DroneTime({ alert, at }: { alert: Alert; at: string }) {
  const apart_s = Math.abs(Date.parse(alert.created_at) - Date.parse(alert.captured_at)) / 1000;
  if (apart_s < CLOCKS_APART_S) return <>{localTime(at)}</>;
  return (
    <>
      {localTime(at)}{" "}
      <span class="dim">
        {localDay(at)}, {t("alert.drone_clock")}
      </span>
    </>
  );
}

function Coordinates({ alert }: { alert: Alert }) {
  const [copied, setCopied] = useState(false);
  const text = `${alert.latitude_deg.toFixed(5)}, ${alert.longitude_deg.toFixed(5)}`;
  const copy = () => {
    void copyText(text).then(setCopied);
  };
  return (
    <>
      <code>{text}</code>{" "}
      <button class="small" onClick={copy} aria-label={t("alert.copy")} title={t("alert.copy")}>
        {copied ? t("alert.copied") : <CopySign />}
      </button>
    </>
  );
}

function CopySign() {
  return (
    <svg width="13" height="13" viewBox="0 0 14 14" fill="none" stroke="currentColor" stroke-width="1.4" aria-hidden="true">
      <path d="M4.5 4.5h8v8h-8zM9.5 4.5v-3h-8v8h3" />
    </svg>
  );
}

/** The clipboard interface needs a secure page; a hub on a plain address has only the old way. */
async function copyText(text: string): Promise<boolean> {
  if (window.isSecureContext) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const field = document.body.appendChild(document.createElement("textarea"));
  field.value = text;
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

function Cameras({ alert }: { alert: Alert }) {
  return (
    <>
      <h3>{t("alert.cameras")}</h3>
      {alert.cameras.length === 0 ? <p class="dim">{t("alert.no_cameras")}</p> : null}
      <ul class="cameras">
        {alert.cameras.map((camera, index) => (
          <li key={camera.id}>
            <span class="number">{index + 1}</span>
            <svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
              <path d="M0-6.5 4 5 0 2.5-4 5z" fill="#e8f1ff" transform={`rotate(${(camera.bearing_rad * 180) / Math.PI})`} />
            </svg>
            <span>
              <b>{camera.id}</b> <span class="dim">{named("camera_one", camera.kind)}</span>
              <br />
              {cameraName(camera)}
            </span>
            <span class="numbers">
              {metres(camera.distance_m)} · {degrees(camera.bearing_rad)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function History({ alert }: { alert: Alert }) {
  if (alert.history.length === 0) return null;
  return (
    <>
      <h3>{t("alert.history")}</h3>
      <ol class="history">
        {alert.history.map((deed, index) => (
          <li key={index}>
            <time dateTime={deed.at}>{localTime(deed.at)}</time> <b>{deed.who}</b> {named("deed", deed.action)}
          </li>
        ))}
      </ol>
    </>
  );
}

function Deeds({ alert }: { alert: Alert }) {
  const waiting = busy.value.has(alert.id) || isStale.value;
  const incident = incidentOf(alert);
  return (
    <footer class="deeds">
      {alert.state === "new" ? (
        <button class="main" disabled={waiting} onClick={() => acknowledge(alert)}>
          {t("alert.acknowledge")} <kbd>A</kbd>
        </button>
      ) : null}
      {alert.incident_id === null && alert.state !== "closed" ? (
        <button class={alert.state === "new" ? "" : "main"} disabled={waiting} onClick={() => askForIncident(alert)}>
          {t("alert.open_incident")} <kbd>I</kbd>
        </button>
      ) : null}
      {alert.incident_id !== null ? (
        <button onClick={() => (listTab.value = "incidents")}>{t("alert.see_incident")}</button>
      ) : null}
      {alert.state === "acknowledged" ? (
        <button disabled={waiting} onClick={() => askToClose(alert)} title={t("alert.close_without")}>
          {t("alert.close_short")}
        </button>
      ) : null}
      {incident?.state === "open" ? <CloseButton incident={incident} /> : null}
    </footer>
  );
}
