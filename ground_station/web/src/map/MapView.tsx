/** The map's place on the page: makes it once, then hands it whatever changed. */

import { effect } from "@preact/signals";
import type { Alert, LatLon } from "../hub/types";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../language";
import { choose, closeUpAsked, fitAsked, zoomAsked } from "../state/actions";
import { mapMenu, placed, placing, trackNear } from "../state/flying";
import { language } from "../state/operator";
import * as store from "../state/store";
import { DistrictMap } from "./district_map";

export function MapView() {
  const target = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const map = new DistrictMap(target.current as HTMLDivElement, {
      alert: (id) => choose(id),
      vehicle: (systemId) => (store.selectedVehicleId.value = systemId),
      place: takePlace,
      ask: (at, x, y, metresPerPixel) => {
        if (store.selectedVehicleId.value === null) return;
        mapMenu.value = { at, x, y, near: trackNear(at, metresPerPixel) };
      },
    });
    const endings = bind(map);
    return () => {
      endings.forEach((end) => end());
      map.dispose();
    };
  }, []);
  const wanted = placing.value === null ? "map" : "map placing";
  return <div class={wanted} ref={target} role="application" tabIndex={0} aria-label={t("app.map")} />;
}

function takePlace(at: LatLon, metresPerPixel: number): boolean {
  mapMenu.value = null;
  const vehicle = store.vehicles.value.get(store.selectedVehicleId.value ?? -1);
  if (placing.value === null || !vehicle) return false;
  placed(vehicle, placing.value, at, metresPerPixel);
  return true;
}

function bind(map: DistrictMap): (() => void)[] {
  return [
    effect(() => {
      if (!store.district.value) return;
      map.district.show(store.district.value);
      map.fit();
    }),
    effect(() => {
      if (store.cameras.value) map.cameras.show(store.cameras.value);
    }),
    effect(() => {
      const shown = Object.entries(store.shownLayers.value).filter(([, on]) => on);
      map.cameras.showKinds(new Set(shown.map(([name]) => name)));
      map.district.names.setVisible(store.shownLayers.value.names);
    }),
    effect(() => {
      void language.value;
      map.district.refreshNames();
    }),
    effect(() => showDrones(map)),
    effect(() => showTracks(map)),
    effect(() => showAlerts(map)),
    onCount(closeUpAsked, () => {
      const alert = store.selectedAlert.peek();
      if (alert) closeUp(map, alert);
    }),
    onCount(fitAsked, () => map.fit()),
    onZoom(map),
    effect(() => followVehicle(map)),
  ];
}

function showDrones(map: DistrictMap): void {
  void language.value;
  const shown = store.shownLayers.value;
  const limit = store.isStale.value ? 0 : store.LIVE_LIMIT_MS;
  map.drones.show({
    vehicles: [...store.vehicles.value.values()],
    views: [...store.views.value.values()].filter(
      (view) => limit === 0 || store.now_ms.value - view.heard_ms < limit,
    ),
    planned: shown.planned ? store.plans.value : new Map(),
    flown: shown.flown ? store.flown.value : new Map(),
    footprints: shown.footprints,
    marks: [
      ...store.orderedAlerts.value.filter((alert) => alert.state !== "closed"),
      ...(store.selectedAlert.value?.cameras ?? []),
    ].map((mark): LatLon => [mark.latitude_deg, mark.longitude_deg]),
    selectedId: store.selectedVehicleId.value,
    stale: store.isStale.value,
  });
}

function showTracks(map: DistrictMap): void {
  const on = store.shownLayers.value.tracks && !store.isStale.value;
  const reports = on ? [...store.tracks.value.values()] : [];
  const fresh = reports.filter((report) => store.now_ms.value - report.heard_ms < store.LIVE_LIMIT_MS);
  map.tracks.show(fresh.flatMap((report) => report.value.tracks));
}

function showAlerts(map: DistrictMap): void {
  void language.value;
  const selected = store.selectedAlert.value;
  const shown = store.orderedAlerts.value.filter(
    (alert) => alert.state !== "closed" || alert === selected,
  );
  map.alerts.show(shown, selected);
  map.pulses.show(shown);
}

function followVehicle(map: DistrictMap): void {
  const vehicle = store.vehicles.value.get(store.followedVehicleId.value ?? -1);
  if (vehicle?.latitude_deg == null || vehicle.longitude_deg === null) return;
  map.centre([vehicle.latitude_deg, vehicle.longitude_deg]);
}

/** Near enough to see the ellipse, far enough to see the cameras that can look there. */
function closeUp(map: DistrictMap, alert: Alert): void {
  const farthest_m = Math.max(0, ...alert.cameras.map((camera) => camera.distance_m));
  const radius_m = Math.max(farthest_m, 3 * alert.ellipse.semi_major_m, 60);
  store.followedVehicleId.value = null;
  map.closeUp([alert.latitude_deg, alert.longitude_deg], radius_m);
}

function onZoom(map: DistrictMap): () => void {
  let shown = zoomAsked.peek();
  return effect(() => {
    const asked = zoomAsked.value;
    if (asked !== shown) map.zoomBy(asked - shown);
    shown = asked;
  });
}

/** Runs on each change of a request, never for the value it starts with. */
function onCount(request: { value: number }, act: () => void): () => void {
  let first = true;
  return effect(() => {
    void request.value;
    if (!first) act();
    first = false;
  });
}
