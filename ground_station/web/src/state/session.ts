/** Wires the page to its hub: the stream, the layers read once, and the paths read on each start. */

import { effect } from "@preact/signals";
import * as hub from "../hub/api";
import { HubStream } from "../hub/stream";
import type { LatLon } from "../hub/types";
import { soundAlarm } from "../sound";
import { pathLength_m } from "../map/geometry";
import { keepPresence, noteDeed } from "./flying";
import { notePlanChanged, noteUpload } from "./plans";
import { language, muted } from "./operator";
import * as store from "./store";

const READ_AGAIN_MS = 3000;
/** The hub and this page thin a path each in its own way, so one path has two lengths. */
const SAME_PATH = 0.9;

const stream = new HubStream((message) => {
  store.receive(message, (alert) => {
    if (alert.severity === "alarm" && alert.state === "new" && !muted.value) soundAlarm();
  });
  // An autopilot that does not obey its aircraft: a person must look now.
  if (message.type === "decision" && message.data.severity === "alarm" && !muted.value) soundAlarm();
  if (message.type === "deed") noteDeed(message.data);
  if (message.type === "upload") noteUpload(message.data);
  if (message.type === "plan_changed") notePlanChanged(message.data);
  if (message.type === "snapshot") void readPaths();
  if (message.type === "vehicle" && !pathsRead.has(message.data.system_id)) {
    void readPathsOf(message.data.system_id);
  }
}, store.noteLink);

/** Vehicles whose paths were read since the link came up; one may be heard for the first time later. */
const pathsRead = new Set<number>();

export function startSession(): void {
  store.startClocks();
  keepPresence();
  stream.start();
  void readUntilThere(hub.district, (layers) => (store.district.value = layers));
  void readUntilThere(hub.cameras, (cameras) => (store.cameras.value = cameras));
  effect(() => {
    const unseen = store.newAlertCount.value;
    document.title = `${unseen > 0 ? `(${unseen}) ` : ""}Qyran`;
    document.documentElement.lang = language.value;
  });
}

export function retryNow(): void {
  stream.retryNow();
}

async function readUntilThere<T>(read: () => Promise<hub.Answer<T>>, take: (value: T) => void) {
  const answer = await read();
  if (answer.ok) take(answer.value);
  else window.setTimeout(() => void readUntilThere(read, take), READ_AGAIN_MS);
}

async function readPaths(): Promise<void> {
  pathsRead.clear();
  await Promise.all([...store.vehicles.value.keys()].map(readPathsOf));
}

async function readPathsOf(systemId: number): Promise<void> {
  pathsRead.add(systemId);
  const [planned, flown] = await Promise.all([hub.plannedPath(systemId), hub.flownPath(systemId)]);
  if (planned.ok) store.putPlan(systemId, planned.value.path);
  if (flown.ok) takeFlown(systemId, flown.value.map(([lat, lon]): LatLon => [lat, lon]));
}

/** A hub that has started anew has forgotten the way so far; this page has not. */
function takeFlown(systemId: number, path: LatLon[]): void {
  const known = store.flown.value.get(systemId) ?? [];
  if (pathLength_m(path) >= pathLength_m(known) * SAME_PATH) store.putFlown(systemId, path);
}
