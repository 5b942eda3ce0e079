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
import { boxAround, type Label, type LabelPlace, placeLabels } from "./label_places";
import { perResolution, pixel, textWidth } from "./lettering";
import { HALO, INK, droneColour, faded } from "./palette";
import { project, projectAll } from "./project";

const ARROW = "M14 2 L25 25 L14 19.5 L3 25 Z";
const SILENT = "#8793a3";
/** Farther out only names stand beside the drones, or they would hide one another. */
const FACTS_BELOW_RESOLUTION = 9;
const LOW_BATTERY = 0.25;
const NAME_FONT = "700 13px system-ui, sans-serif";
const FACTS_FONT = "13px system-ui, sans-serif";
const ROW_PX = 16;
const PADDING_PX = 10;
/** Half of what a drone's arrow, and an alert's mark, keep free of labels. */
const ARROW_HALF_PX = 13;
const ALERT_HALF_PX = 15;
const arrows = new Map<string, Icon>();

export class DroneLayer {
  private readonly ground = new VectorSource();
  private readonly air = new VectorSource();
  /** Footprints and paths, below the alerts. */
  readonly below = new VectorLayer({ source: this.ground });
  /** The drones themselves, above them. */
  readonly above = new VectorLayer({ source: this.air, declutter: true });

  show(now: DronesNow): void {
    this.ground.clear(true);
    this.air.clear(true);
    this.ground.addFeatures([
      ...(now.footprints ? footprints(now) : []),
      ...paths(now.planned, plannedStyle),
      ...paths(now.flown, flownStyle),
    ]);
    const places = perResolution((resolution) => labelPlaces(now, resolution));
    this.air.addFeatures(now.vehicles.flatMap((vehicle) => drone(vehicle, now, places)));
  }
}

export interface DronesNow {
  vehicles: Vehicle[];
  views: Timed<View>[];
  planned: ReadonlyMap<number, LatLon[]>;
  flown: ReadonlyMap<number, LatLon[]>;
  footprints: boolean;
  /** Where alerts and the cameras that see the chosen one are marked: labels keep off them. */
  marks: LatLon[];
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

function labelPlaces(now: DronesNow, resolution: number): Map<number, LabelPlace> {
  const placed = now.vehicles.filter((vehicle) => place(vehicle) !== null);
  const taken = [
    ...now.marks.map((mark) => boxAround(...pixel(mark, resolution), ALERT_HALF_PX)),
    ...placed.map((vehicle) => boxAround(...pixel(place(vehicle) as LatLon, resolution), ARROW_HALF_PX)),
  ];
  const labels = placed.map((vehicle) => labelBox(vehicle, tellsFacts(vehicle, now, resolution), resolution));
  const places = placeLabels(labels, taken);
  return new Map(placed.map((vehicle, index) => [vehicle.system_id, places[index] as LabelPlace]));
}

function labelBox(vehicle: Vehicle, facts: boolean, resolution: number): Label {
  const [x, y] = pixel(place(vehicle) as LatLon, resolution);
  const name = textWidth(vehicle.name, NAME_FONT);
  const width = facts ? Math.max(name, textWidth(labelFacts(vehicle), FACTS_FONT)) : name;
  return { x, y, width: width + PADDING_PX, height: (facts ? 2 : 1) * ROW_PX + 5, gap: ARROW_HALF_PX + 2 };
}

function tellsFacts(vehicle: Vehicle, now: DronesNow, resolution: number): boolean {
  return resolution < FACTS_BELOW_RESOLUTION || vehicle.system_id === now.selectedId;
}

function place({ latitude_deg, longitude_deg }: Vehicle): LatLon | null {
  return latitude_deg === null || longitude_deg === null ? null : [latitude_deg, longitude_deg];
}

function drone(
  vehicle: Vehicle,
  now: DronesNow,
  places: (resolution: number) => Map<number, LabelPlace>,
): Feature[] {
  const at = place(vehicle);
  if (at === null) return [];
  const feature = new Feature({ geometry: new Point(project(at)), system_id: vehicle.system_id });
  const live = vehicle.linked && !now.stale;
  const colour = live ? droneColour(vehicle.system_id) : SILENT;
  const arrow = arrowStyle(colour, vehicle.heading_rad ?? 0);
  const ring = vehicle.system_id === now.selectedId ? [ringStyle(colour)] : [];
  feature.setStyle((_, resolution) => {
    const beside = places(resolution).get(vehicle.system_id) as LabelPlace;
    return [...ring, arrow, labelStyle(vehicle, live, tellsFacts(vehicle, now, resolution), beside)];
  });
  return [feature];
}

function arrowStyle(colour: string, heading_rad: number): Style {
  let icon = arrows.get(colour);
  if (!icon) {
    const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28"><path d="${ARROW}" fill="${colour}" stroke="${HALO}" stroke-width="2"/></svg>`;
    icon = new Icon({ src: `data:image/svg+xml,${encodeURIComponent(picture)}`, rotateWithView: true, declutterMode: "obstacle" });
    arrows.set(colour, icon);
  }
  const turned = icon.clone();
  turned.setRotation(heading_rad);
  return new Style({ image: turned });
}

function ringStyle(colour: string): Style {
  return new Style({
    image: new Circle({
      radius: 19,
      stroke: new Stroke({ color: colour, width: 2, lineDash: [4, 3] }),
      declutterMode: "none",
    }),
  });
}

function labelStyle(vehicle: Vehicle, live: boolean, facts: boolean, beside: LabelPlace): Style {
  const battery = vehicle.battery_remaining;
  const low = battery !== null && battery < LOW_BATTERY;
  return new Style({
    text: new Text({
      text: [
        vehicle.name,
        NAME_FONT,
        ...(facts ? ["\n", "", labelFacts(vehicle), FACTS_FONT] : []),
      ],
      offsetX: beside.dx,
      offsetY: beside.dy,
      justify: "left",
      // Drones are always named; the names of places give way to them.
      declutterMode: "obstacle",
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
