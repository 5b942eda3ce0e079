/** The district's ground: polygons by kind, roads by width, docks, and their names. */

import GeoJSON from "ol/format/GeoJSON";
import type Feature from "ol/Feature";
import type { FeatureLike } from "ol/Feature";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Fill, RegularShape, Stroke, Style, Text } from "ol/style";
import { createEmpty, extend, getCenter } from "ol/extent";
import { toLonLat } from "ol/proj";
import type { GeoFeatures } from "../hub/types";
import { inLanguage } from "../language";
import type { Words } from "../hub/types";
import { hatch } from "./hatch";
import { HALO } from "./palette";
import { groundResolution } from "./project";

interface Ground {
  fill: string;
  line?: string;
  text: string;
  order: number;
}

const GROUND: Record<string, Ground> = {
  river: { fill: "#123049", line: "#1d4a6e", text: "#6fa8d6", order: 0 },
  pasture: { fill: "#18221a", line: "#2b3d2c", text: "#86a583", order: 1 },
  hemp_field: { fill: "#24281a", line: "#6c7a2c", text: "#b9c46a", order: 2 },
  park: { fill: "#15291f", line: "#234535", text: "#7fb795", order: 3 },
  embankment: { fill: "#1c2733", line: "#33475c", text: "#93aec9", order: 4 },
  square: { fill: "#28262c", line: "#464250", text: "#b8b0c4", order: 5 },
  bazaar: { fill: "#2d241b", line: "#5a4630", text: "#d0a877", order: 6 },
  building: { fill: "#212936", line: "#323d4e", text: "#8b97a8", order: 7 },
  closed_area: { fill: "#2b151a", line: "#c0505a", text: "#ef8d95", order: 8 },
};
const ROAD_FILL = "#2f3947";
const ROAD_EDGE = "#141b25";
const NAMES_FROM_RESOLUTION = 28;

export class DistrictLayer {
  private readonly source = new VectorSource();
  readonly ground = new VectorLayer({ source: this.source, style: groundStyle });
  readonly names = new VectorLayer({ source: this.source, style: nameStyle, declutter: true });

  show(features: GeoFeatures): void {
    const read = new GeoJSON({ featureProjection: "EPSG:3857" }).readFeatures(features);
    this.source.clear(true);
    this.source.addFeatures(read as Feature[]);
  }

  /** What the eye needs first: all but the river, which runs far beyond the district. */
  extent(): number[] | null {
    const built = this.source.getFeatures().filter((feature) => feature.get("kind") !== "river");
    if (built.length === 0) return null;
    return built.reduce(
      (all, feature) => extend(all, feature.getGeometry()?.getExtent() ?? createEmpty()),
      createEmpty(),
    );
  }

  /** The names follow the page's language. */
  refreshNames(): void {
    this.names.changed();
  }
}

function groundStyle(feature: FeatureLike, resolution: number): Style | Style[] | undefined {
  const kind = String(feature.get("kind"));
  if (kind === "road") return roadStyle(feature, resolution);
  if (kind === "dock") return dockStyle();
  const ground = GROUND[kind];
  if (!ground) return undefined;
  const fill = kind === "closed_area" || kind === "hemp_field" ? hatch(ground) : ground.fill;
  return new Style({
    fill: new Fill({ color: fill }),
    stroke: ground.line
      ? new Stroke({
          color: ground.line,
          width: kind === "closed_area" ? 1.5 : 1,
          lineDash: kind === "closed_area" ? [6, 4] : undefined,
        })
      : undefined,
    zIndex: ground.order,
  });
}

function roadStyle(feature: FeatureLike, resolution: number): Style[] {
  const [east = 0, north = 0] = getCenter(feature.getGeometry()?.getExtent() ?? [0, 0, 0, 0]);
  const latitude = toLonLat([east, north])[1] ?? 0;
  const width_m = Number(feature.get("width_m") ?? 8);
  const width_px = Math.max(1.2, width_m / groundResolution(resolution, latitude));
  return [
    new Style({ stroke: new Stroke({ color: ROAD_EDGE, width: width_px + 2 }), zIndex: 20 }),
    new Style({ stroke: new Stroke({ color: ROAD_FILL, width: width_px }), zIndex: 21 }),
  ];
}

function dockStyle(): Style {
  return new Style({
    image: new RegularShape({
      points: 4,
      radius: 8,
      angle: Math.PI / 4,
      fill: new Fill({ color: "#101821" }),
      stroke: new Stroke({ color: "#9fb4cc", width: 1.5 }),
    }),
    text: new Text({ text: "H", font: "700 10px system-ui, sans-serif", fill: new Fill({ color: "#c9d8e8" }) }),
    zIndex: 30,
  });
}

function nameStyle(feature: FeatureLike, resolution: number): Style | undefined {
  const kind = String(feature.get("kind"));
  const name = inLanguage(feature.get("name") as Words | string | null);
  if (!name || kind === "building" || kind === "dock" || resolution > NAMES_FROM_RESOLUTION) {
    return undefined;
  }
  const road = kind === "road";
  if (road && resolution > 4) return undefined;
  return new Style({
    text: new Text({
      text: name,
      font: road ? "13px system-ui, sans-serif" : "600 13px system-ui, sans-serif",
      placement: road ? "line" : "point",
      overflow: !road,
      fill: new Fill({ color: road ? "#93a1b3" : (GROUND[kind]?.text ?? "#93a1b3") }),
      stroke: new Stroke({ color: HALO, width: 3 }),
    }),
    zIndex: road ? 1 : 2,
  });
}
