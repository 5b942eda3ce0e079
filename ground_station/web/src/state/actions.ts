/** What an operator does: each asks the hub, shows what came of it, and takes the hub's answer. */

import { signal } from "@preact/signals";
import * as hub from "../hub/api";
import type { Alert, Incident, VehicleCommand, Vehicle } from "../hub/types";
import { inLanguage, t } from "../language";
import { operator } from "./operator";
import {
  alerts,
  incidents,
  orderedAlerts,
  putAlert,
  putIncident,
  selectedAlertId,
} from "./store";
import { neighbour } from "./alert_order";

export type Dialog = "operator" | "incident" | "close" | "help" | "token" | "picture" | null;
export interface Notice {
  text: string;
  tone: "plain" | "good" | "bad";
  key: number;
}

const NOTICE_MS = 7000;

export const dialog = signal<Dialog>(operator.value ? null : "operator");
export const notices = signal<Notice[]>([]);
/** Alerts and vehicles that wait for the hub's answer. */
export const busy = signal<ReadonlySet<string>>(new Set());
/** Asks the map to bring the chosen alert to its middle; counts up. */
export const closeUpAsked = signal(0);
export const fitAsked = signal(0);
/** Levels of zoom asked for since the start. */
export const zoomAsked = signal(0);
export const showClosed = signal(false);
export const listTab = signal<"alerts" | "incidents">("alerts");

let noticeKey = 0;
let afterOperator: (() => void) | null = null;

/** Shows a notice for a while, in the place of `instead` where that is still shown. */
export function say(text: string, tone: Notice["tone"] = "plain", instead?: Notice): Notice {
  const notice = { text, tone, key: ++noticeKey };
  notices.value = [...notices.value.filter((shown) => shown !== instead).slice(-3), notice];
  window.setTimeout(() => {
    notices.value = notices.value.filter((shown) => shown !== notice);
  }, NOTICE_MS);
  return notice;
}

export function choose(alertId: string | null, closeUp = false): void {
  selectedAlertId.value = alertId;
  if (alertId !== null) listTab.value = "alerts";
  if (alertId !== null && closeUp) closeUpAsked.value += 1;
}

export function chooseNext(step: number): void {
  const open = orderedAlerts.value.filter((alert) => showClosed.value || alert.state !== "closed");
  choose(neighbour(open.map((alert) => alert.id), selectedAlertId.value, step), true);
}

export function nameOperator(name: string): void {
  operator.value = name;
  dialog.value = null;
  afterOperator?.();
  afterOperator = null;
}

export function dismissDialog(): void {
  afterOperator = null;
  dialog.value = null;
}

export function acknowledge(alert: Alert): void {
  if (alert.state !== "new" || busy.value.has(alert.id)) return;
  asOperator(() =>
    during(alert.id, async () => {
      if (take(await hub.acknowledge(alert.id, operator.value)) !== null) await refreshed(alert.id);
    }),
  );
}

export function askForIncident(alert: Alert | null): void {
  if (!alert || alert.incident_id !== null || alert.state === "closed") return;
  asOperator(() => (dialog.value = "incident"));
}

export async function openIncident(alert: Alert, note: string): Promise<void> {
  await during(alert.id, async () => {
    const incident = take(await hub.openIncident(alert.id, operator.value, note));
    if (incident === null) return;
    putIncident(incident);
    dialog.value = null;
    await refreshed(alert.id);
  });
}

export function askToClose(alert: Alert): void {
  if (alert.state === "acknowledged") asOperator(() => (dialog.value = "close"));
}

export async function closeAlert(alert: Alert, reason: string): Promise<void> {
  await during(alert.id, async () => {
    const closed = take(await hub.closeAlert(alert.id, operator.value, reason));
    if (closed === null) return;
    putAlert(closed);
    dialog.value = null;
  });
}

export function closeIncident(incident: Incident): void {
  asOperator(() =>
    during(incident.id, async () => {
      const closed = take(await hub.closeIncident(incident.id, operator.value, ""));
      if (closed !== null) putIncident(closed);
    }),
  );
}

export function commandVehicle(vehicle: Vehicle, command: VehicleCommand): void {
  asOperator(() => carryOut(vehicle, command));
}

async function carryOut(vehicle: Vehicle, command: VehicleCommand): Promise<void> {
  const about = { name: vehicle.name, command: t(`fleet.${command}`) };
  await during(`vehicle ${vehicle.system_id}`, async () => {
    const asked = say(t("fleet.asked", about));
    const outcome = take(await hub.command(vehicle.system_id, command, operator.value), asked);
    if (outcome === null) return;
    const reason = inLanguage(outcome.words) || outcome.reason || outcome.outcome;
    if (outcome.outcome === "done") say(t("fleet.done", about), "good", asked);
    else if (outcome.outcome === "cancelled") say(t("flight.cancelled", { ...about, reason }), "plain", asked);
    else say(t("fleet.not_done", { ...about, reason }), "bad", asked);
  });
}

export function incidentOf(alert: Alert): Incident | null {
  return incidents.value.get(alert.incident_id ?? "") ?? null;
}

/** Everything done is written down with a name, so a name is asked for before the first deed. */
export function asOperator(deed: () => unknown): void {
  if (operator.value) {
    deed();
    return;
  }
  afterOperator = () => void deed();
  dialog.value = "operator";
}

export async function during(key: string, deed: () => Promise<void>): Promise<void> {
  busy.value = new Set([...busy.value, key]);
  try {
    await deed();
  } finally {
    busy.value = new Set([...busy.value].filter((other) => other !== key));
  }
}

export function take<T>(answer: hub.Answer<T>, instead?: Notice): T | null {
  if (answer.ok) return answer.value;
  if (answer.reason === "unauthorized") dialog.value = "token";
  else if (answer.reason === "unreachable") say(t("failure.unreachable"), "bad", instead);
  else say(t("failure.refused", { text: answer.text }), "bad", instead);
  return null;
}

/** The stream tells of the change as well, but may be down just now. */
async function refreshed(alertId: string): Promise<void> {
  const answer = await hub.alert(alertId);
  if (answer.ok && alerts.value.has(alertId)) putAlert(answer.value);
}
