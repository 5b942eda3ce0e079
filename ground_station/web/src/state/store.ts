/**
 * What the page knows, as signals. The stream's messages and the operator's choices change it;
 * panels and map read it.
 *
 * Positions come many times a second from many drones, so they are gathered and shown a few times
 * a second; alerts, incidents and the link show at once.
 */

import { batch, computed, signal } from "@preact/signals";
import type { HubLink, LinkState } from "../hub/link";
import type {
  AircraftStatus,
  Alert,
  CameraKind,
  Decision,
  GeoFeatures,
  Incident,
  LatLon,
  Lease,
  Message,
  Snapshot,
  Tracks,
  TrafficEvent,
  Vehicle,
  View,
  Words,
} from "../hub/types";
import { distance_m } from "../map/geometry";
import { inReadingOrder } from "./alert_order";
import { withDecisions } from "./decisions";

const SHOW_EVERY_MS = 250;
const FLOWN_POINTS_KEPT = 4000;
const FLOWN_STEP_M = 4;
/** A view or a track that was not renewed for this long is no longer what the drone sees. */
export const LIVE_LIMIT_MS = 6000;

export interface Timed<T> {
  value: T;
  heard_ms: number;
}

export const vehicles = signal<Map<number, Vehicle>>(new Map());
export const views = signal<Map<string, Timed<View>>>(new Map());
export const tracks = signal<Map<string, Timed<Tracks>>>(new Map());
export const plans = signal<Map<number, LatLon[]>>(new Map());
export const flown = signal<Map<number, LatLon[]>>(new Map());
export const alerts = signal<Map<string, Alert>>(new Map());
export const incidents = signal<Map<string, Incident>>(new Map());
export const trafficEvents = signal<Map<string, TrafficEvent>>(new Map());
/** By `drone_id`: how each aircraft's own computer fares, and what it decided, the newest first. */
export const statuses = signal<Map<string, Timed<AircraftStatus>>>(new Map());
export const decisions = signal<Map<string, Decision[]>>(new Map());
export const leases = signal<Map<number, Lease>>(new Map());
export const district = signal<GeoFeatures | null>(null);
export const cameras = signal<GeoFeatures | null>(null);
export const districtName = signal<Words | string | null>(null);

export const link = signal<{ state: LinkState; heard_s: number | null; retry_s: number | null }>({
  state: "connecting",
  heard_s: null,
  retry_s: null,
});
export const now_ms = signal(Date.now());

export const selectedAlertId = signal<string | null>(null);
export const selectedVehicleId = signal<number | null>(null);
/** The drone that the map keeps in its middle. */
export const followedVehicleId = signal<number | null>(null);
export const shownLayers = signal<Record<MapLayerName, boolean>>({
  camera: true,
  speed_camera: true,
  roadside_complex: true,
  footprints: true,
  planned: true,
  flown: true,
  tracks: true,
  names: true,
});
export type MapLayerName =
  | CameraKind
  | "footprints"
  | "planned"
  | "flown"
  | "tracks"
  | "names";

export const orderedAlerts = computed(() => inReadingOrder(alerts.value.values()));
export const selectedAlert = computed(() => alerts.value.get(selectedAlertId.value ?? "") ?? null);
export const newAlertCount = computed(
  () => orderedAlerts.value.filter((alert) => alert.state === "new").length,
);
export const isStale = computed(() => link.value.state !== "live");

const waiting = {
  vehicles: new Map<number, Vehicle>(),
  views: new Map<string, Timed<View>>(),
  tracks: new Map<string, Timed<Tracks>>(),
};

/** Take one message of the stream; `onNewAlert` hears of alerts that were not known before. */
export function receive(message: Message, onNewAlert: (alert: Alert) => void): void {
  switch (message.type) {
    case "snapshot":
      return takeSnapshot(message.data);
    case "vehicle":
      waiting.vehicles.set(message.data.system_id, message.data);
      return;
    case "view":
      waiting.views.set(message.data.drone_id, timed(message.data));
      return;
    case "tracks":
      waiting.tracks.set(message.data.drone_id, timed(message.data));
      return;
    case "alert": {
      const known = alerts.value.has(message.data.id);
      putAlert(message.data);
      if (!known) onNewAlert(message.data);
      return;
    }
    case "incident":
      return putIncident(message.data);
    case "traffic_event":
      trafficEvents.value = with_(trafficEvents.value, message.data.id, message.data);
      return;
    case "lease":
      leases.value = with_(leases.value, message.data.system_id, message.data);
      return;
    case "status":
      statuses.value = with_(statuses.value, message.data.drone_id, timed(message.data));
      return;
    case "decision":
      decisions.value = withDecisions(decisions.value, [message.data]);
      return;
    case "plan":
      plans.value = with_(plans.value, message.data.system_id, message.data.path);
      return;
    default:
      // A newer hub says more than this page knows; what it does not know it leaves alone.
      return;
  }
}

export function putAlert(alert: Alert): void {
  alerts.value = with_(alerts.value, alert.id, alert);
}

export function putIncident(incident: Incident): void {
  incidents.value = with_(incidents.value, incident.id, incident);
}

export function putFlown(systemId: number, path: LatLon[]): void {
  flown.value = with_(flown.value, systemId, path.slice(-FLOWN_POINTS_KEPT));
}

export function putPlan(systemId: number, path: LatLon[]): void {
  plans.value = with_(plans.value, systemId, path);
}

export function noteLink(changed: HubLink): void {
  const { state, heard_s, retry_s } = changed;
  const shown = link.value;
  if (shown.state === state && shown.heard_s === heard_s && shown.retry_s === retry_s) return;
  link.value = { state, heard_s, retry_s };
}

/** Start the page's two clocks: the second hand, and the showing of gathered positions. */
export function startClocks(): void {
  window.setInterval(() => (now_ms.value = Date.now()), 1000);
  window.setInterval(showWaiting, SHOW_EVERY_MS);
}

function takeSnapshot(snapshot: Snapshot): void {
  for (const gathered of Object.values(waiting)) gathered.clear();
  batch(() => {
    vehicles.value = keyed(snapshot.vehicles, (vehicle) => vehicle.system_id);
    alerts.value = keyed(snapshot.alerts, (alert) => alert.id);
    incidents.value = keyed(snapshot.incidents, (incident) => incident.id);
    trafficEvents.value = keyed(snapshot.traffic_events, (event) => event.id);
    views.value = keyed(snapshot.views.map(timed), (view) => view.value.drone_id);
    tracks.value = keyed(snapshot.tracks.map(timed), (report) => report.value.drone_id);
    leases.value = keyed(snapshot.leases ?? [], (lease) => lease.system_id);
    statuses.value = keyed((snapshot.statuses ?? []).map(heardBefore), (status) => status.value.drone_id);
    decisions.value = withDecisions(new Map(), snapshot.decisions ?? []);
    districtName.value = snapshot.district_name;
  });
}

function showWaiting(): void {
  batch(() => {
    if (waiting.vehicles.size > 0) {
      for (const vehicle of waiting.vehicles.values()) growFlown(vehicle);
      vehicles.value = merged(vehicles.value, waiting.vehicles);
    }
    if (waiting.views.size > 0) views.value = merged(views.value, waiting.views);
    if (waiting.tracks.size > 0) tracks.value = merged(tracks.value, waiting.tracks);
  });
  for (const gathered of Object.values(waiting)) gathered.clear();
}

function growFlown(vehicle: Vehicle): void {
  const { system_id, latitude_deg, longitude_deg, landed } = vehicle;
  if (latitude_deg === null || longitude_deg === null || landed === true) return;
  const path = flown.value.get(system_id) ?? [];
  const last = path.at(-1);
  if (last && distance_m(last, [latitude_deg, longitude_deg]) < FLOWN_STEP_M) return;
  putFlown(system_id, [...path, [latitude_deg, longitude_deg]]);
}

function timed<T>(value: T): Timed<T> {
  return { value, heard_ms: Date.now() };
}

function heardBefore(status: AircraftStatus): Timed<AircraftStatus> {
  return { value: status, heard_ms: Date.now() - 1000 * (status.heard_s_ago ?? 0) };
}

function with_<K, V>(map: Map<K, V>, key: K, value: V): Map<K, V> {
  return new Map(map).set(key, value);
}

function merged<K, V>(map: Map<K, V>, newer: Map<K, V>): Map<K, V> {
  return new Map([...map, ...newer]);
}

function keyed<K, V>(values: V[], key: (value: V) => K): Map<K, V> {
  return new Map(values.map((value) => [key(value), value]));
}
