/** Drones, what their cameras see, where they will fly and where they flew. */

import Feature from "ol/Feature";
import { LineString, Point, Polygon } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Icon, Stroke, Style, Text } from "ol/style";
import type { LatLon, Vehicle } from "../hub/types";
import { metres, named, percent, t } from "../language";
import type { Timed } from "../state/store";
import type { View } from "../hub/types";
import { HALO, INK, droneColour, faded } from "./palette";
import { project, projectAll } from "./project";

const ARROW = "M14 2 L25 25 L14 19.5 L3 25 Z";
const SILENT = "#8793a3";
/** Farther out only names stand beside the drones, or they would hide one another. */
const FACTS_BELOW_RESOLUTION = 9;
const LOW_BATTERY = 0.25;
const arrows = new Map<string, Icon>();

export class DroneLayer {
  private readonly ground = new VectorSource();
  private readonly air = new VectorSource();
  /** Footprints and paths, below the alerts. */
  readonly below = new VectorLayer({ source: this.ground });
  /** The drones themselves, above them. */
  readonly above = new VectorLayer({ source: this.air });

  show(now: DronesNow): void {
    this.ground.clear(true);
    this.air.clear(true);
    this.ground.addFeatures([
      ...(now.footprints ? footprints(now) : []),
      ...paths(now.planned, plannedStyle),
      ...paths(now.flown, flownStyle),
    ]);
    this.air.addFeatures(now.vehicles.flatMap((vehicle) => drone(vehicle, now)));
  }
}

export interface DronesNow {
  vehicles: Vehicle[];
  views: Timed<View>[];
  planned: ReadonlyMap<number, LatLon[]>;
  flown: ReadonlyMap<number, LatLon[]>;
  footprints: boolean;
  selectedId: number | null;
  stale: boolean;
}

function footprints({ vehicles, views, stale }: DronesNow): Feature[] {
  return views
    .filter((view) => view.value.footprint.length > 2)
    .map((view) => {
      const owner = vehicles.find((vehicle) => vehicle.drone_id === view.value.drone_id);
      const colour = stale ? SILENT : owner ? droneColour(owner.system_id) : INK;
      const feature = new Feature(new Polygon([projectAll(view.value.footprint)]));
      feature.setStyle(
        new Style({
          fill: new Fill({ color: faded(colour, 0.13) }),
          stroke: new Stroke({ color: faded(colour, 0.7), width: 1.2 }),
        }),
      );
      return feature;
    });
}

function paths(lines: ReadonlyMap<number, LatLon[]>, style: (id: number) => Style): Feature[] {
  return [...lines]
    .filter(([, line]) => line.length > 1)
    .map(([id, line]) => {
      const feature = new Feature(new LineString(projectAll(line)));
      feature.setStyle(style(id));
      return feature;
    });
}

function plannedStyle(id: number): Style {
  return new Style({
    stroke: new Stroke({ color: faded(droneColour(id), 0.6), width: 1.5, lineDash: [5, 6] }),
  });
}

function flownStyle(id: number): Style {
  return new Style({ stroke: new Stroke({ color: faded(droneColour(id), 0.75), width: 2 }), zIndex: 1 });
}

function drone(vehicle: Vehicle, now: DronesNow): Feature[] {
  if (vehicle.latitude_deg === null || vehicle.longitude_deg === null) return [];
  const feature = new Feature({
    geometry: new Point(project([vehicle.latitude_deg, vehicle.longitude_deg])),
    system_id: vehicle.system_id,
  });
  const live = vehicle.linked && !now.stale;
  const colour = live ? droneColour(vehicle.system_id) : SILENT;
  const arrow = arrowStyle(colour, vehicle.heading_rad ?? 0);
  const ring = vehicle.system_id === now.selectedId ? [ringStyle(colour)] : [];
  const [near, far] = [labelStyle(vehicle, live, true), labelStyle(vehicle, live, false)];
  feature.setStyle((_, resolution) => [
    ...ring,
    arrow,
    resolution < FACTS_BELOW_RESOLUTION || ring.length > 0 ? near : far,
  ]);
  return [feature];
}

function arrowStyle(colour: string, heading_rad: number): Style {
  let icon = arrows.get(colour);
  if (!icon) {
    const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28"><path d="${ARROW}" fill="${colour}" stroke="${HALO}" stroke-width="2"/></svg>`;
    icon = new Icon({ src: `data:image/svg+xml,${encodeURIComponent(picture)}`, rotateWithView: true });
    arrows.set(colour, icon);
  }
  const turned = icon.clone();
  turned.setRotation(heading_rad);
  return new Style({ image: turned });
}

function ringStyle(colour: string): Style {
  return new Style({
    image: new Circle({ radius: 19, stroke: new Stroke({ color: colour, width: 2, lineDash: [4, 3] }) }),
  });
}

function labelStyle(vehicle: Vehicle, live: boolean, near: boolean): Style {
  const battery = vehicle.battery_remaining;
  const low = battery !== null && battery < LOW_BATTERY;
  return new Style({
    text: new Text({
      text: [
        vehicle.name,
        "700 13px system-ui, sans-serif",
        ...(near ? ["\n", "", labelFacts(vehicle), "13px system-ui, sans-serif"] : []),
      ],
      textAlign: "left",
      offsetX: 20,
      offsetY: 2,
      justify: "left",
      fill: new Fill({ color: !live ? SILENT : low ? "#ffb02e" : INK }),
      backgroundFill: new Fill({ color: "rgba(11,16,23,0.72)" }),
      padding: [3, 5, 2, 5],
    }),
  });
}

function labelFacts(vehicle: Vehicle): string {
  const height = vehicle.height_above_home_m;
  if (!vehicle.linked) return t("fleet.no_link");
  return [
    vehicle.landed === true ? t("fleet.on_ground") : named("mode", vehicle.mode ?? "—"),
    height === null || vehicle.landed === true ? null : metres(Math.max(0, height)),
    vehicle.battery_remaining === null ? null : percent(vehicle.battery_remaining),
  ]
    .filter((fact) => fact !== null)
    .join(" · ");
}
