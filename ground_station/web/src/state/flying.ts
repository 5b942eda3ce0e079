/** What an operator asks of a drone beyond the five buttons, the lease, and looking it over. */

import { effect, signal } from "@preact/signals";
import * as hub from "../hub/api";
import type { Deed_, LatLon, Lease, LeaseStep, Readiness, Vehicle, Wish } from "../hub/types";
import { inLanguage, t, wishName } from "../language";
import { asOperator, busy, during, say, take } from "./actions";
import { operator } from "./operator";
import { type NearTrack, nearestTrack } from "./near_track";
import { LIVE_LIMIT_MS, leases, selectedVehicleId, tracks, vehicles } from "./store";

const PRESENT_EVERY_MS = 15_000;

export type PlaceWish = "divert" | "orbit" | "look_at" | "follow";
/** What the next click on the map is for. */
export const placing = signal<PlaceWish | null>(null);
/** Where a long press or a right click asks what to do there. */
export const mapMenu = signal<{ at: LatLon; x: number; y: number; near: NearTrack | null } | null>(null);
export const orbitRadius_m = signal(30);
/** How far from a click an object may lie that was meant by it. */
const NEAR_PX = 26;
export const readiness = signal<{ systemId: number; report: Readiness | null } | null>(null);
/** The newest deed of each drone that is still under way. */
export const deeds = signal<ReadonlyMap<number, Deed_>>(new Map());

export function leaseOf(vehicle: Vehicle): Lease | null {
  return leases.value.get(vehicle.system_id) ?? null;
}

export function isMine(lease: Lease | null): boolean {
  return lease !== null && lease.holder !== null && lease.holder === operator.value;
}

export function wish(vehicle: Vehicle, asked: Wish): void {
  asOperator(() => carryOut(vehicle, asked));
}

/** Takes a click for what was wanted of the map; a click beside every object follows none. */
export function placed(vehicle: Vehicle, what: PlaceWish, at: LatLon, metresPerPixel: number): void {
  if (what !== "follow") return wishAt(vehicle, what, at);
  const near = trackNear(at, metresPerPixel);
  if (near === null) say(t("flight.no_track"), "bad");
  else follow(vehicle, near);
}

export function follow(vehicle: Vehicle, { drone_id, track }: NearTrack): void {
  placing.value = null;
  mapMenu.value = null;
  wish(vehicle, { command: "follow", drone_id, track_id: track.track_id });
}

/** The object under a place on the map, if one is followed by a camera just now. */
export function trackNear(at: LatLon, metresPerPixel: number): NearTrack | null {
  const fresh = [...tracks.value.values()].filter((report) => Date.now() - report.heard_ms < LIVE_LIMIT_MS);
  return nearestTrack(at, fresh.map((report) => report.value), NEAR_PX * metresPerPixel);
}

export function wishAt(
  vehicle: Vehicle,
  what: Exclude<PlaceWish, "follow">,
  [latitude_deg, longitude_deg]: LatLon,
): void {
  placing.value = null;
  mapMenu.value = null;
  const place = { latitude_deg, longitude_deg };
  if (what === "orbit") wish(vehicle, { command: "orbit", ...place, radius_m: orbitRadius_m.value });
  else wish(vehicle, { command: what, ...place });
}

export function stopDeed(vehicle: Vehicle): void {
  asOperator(async () => {
    take(await hub.cancelDeeds(vehicle.system_id, operator.value));
  });
}

export function stepLease(vehicle: Vehicle, step: LeaseStep, reason = ""): void {
  asOperator(() =>
    during(`lease ${vehicle.system_id}`, async () => {
      const lease = take(await hub.lease(vehicle.system_id, step, operator.value, reason));
      if (lease !== null) leases.value = new Map(leases.value).set(vehicle.system_id, lease);
    }),
  );
}

export async function lookOver(vehicle: Vehicle): Promise<void> {
  const systemId = vehicle.system_id;
  readiness.value = { systemId, report: null };
  const report = take(await hub.readiness(systemId));
  if (readiness.value?.systemId === systemId) readiness.value = report && { systemId, report };
}

export function noteDeed(deed: Deed_): void {
  const kept = new Map(deeds.value);
  if (deed.stage === "ended") {
    if (kept.get(deed.system_id)?.deed_id === deed.deed_id) kept.delete(deed.system_id);
    tellOthersDeed(deed);
    tellLost(deed);
  } else {
    kept.set(deed.system_id, deed);
  }
  deeds.value = kept;
}

/** A place that was wanted for one drone is never taken for another. */
effect(() => {
  void selectedVehicleId.value;
  placing.value = null;
  mapMenu.value = null;
});

/** The lease of whoever sits here is kept while the page is open. */
export function keepPresence(): void {
  window.setInterval(() => {
    if (operator.value && [...leases.value.values()].some(isMine)) void hub.present(operator.value);
  }, PRESENT_EVERY_MS);
}

async function carryOut(vehicle: Vehicle, asked: Wish): Promise<void> {
  const about = { name: vehicle.name, command: wishName(asked.command) };
  await during(`${asked.command} ${vehicle.system_id}`, async () => {
    const shown = say(t("fleet.asked", about));
    const outcome = take(await hub.wish(vehicle.system_id, asked, operator.value), shown);
    if (outcome === null) return;
    const reason = inLanguage(outcome.words) || outcome.reason;
    if (outcome.outcome === "done") {
      const done = t("fleet.done", about);
      say(reason ? `${done}: ${reason}` : done, "good", shown);
    } else if (outcome.outcome === "cancelled") {
      say(t("flight.cancelled", { ...about, reason }), "plain", shown);
    } else {
      say(t("fleet.not_done", { ...about, reason: reason || outcome.outcome }), "bad", shown);
    }
  });
}

/** Following outlasts its answer, so its end is told to whoever watches. */
function tellLost(deed: Deed_): void {
  const answered = !busy.value.has(`follow ${deed.system_id}`);
  if (deed.command !== "follow" || deed.outcome !== "failed" || !answered) return;
  const name = vehicles.value.get(deed.system_id)?.name ?? String(deed.system_id);
  say(t("flight.follow_ended", { name, reason: inLanguage(deed.words) }), "bad");
}

/** What another operator had this drone do is told as well: two people may watch one drone. */
function tellOthersDeed(deed: Deed_): void {
  if (!deed.who || deed.who === operator.value || deed.outcome !== "done") return;
  const name = vehicles.value.get(deed.system_id)?.name ?? String(deed.system_id);
  say(t("flight.other_did", { name, who: deed.who, command: wishName(deed.command) }));
}
