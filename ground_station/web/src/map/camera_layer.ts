/**
 * The city's cameras. Far out they are dots, near by they show where they look; each kind has its
 * own shape and can be hidden. 759 marks are too few to need clusters, which would hide exactly
 * the thing asked of them: which camera stands where.
 */

import Feature, { type FeatureLike } from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import { Point, Polygon } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, RegularShape, Stroke, Style } from "ol/style";
import { toLonLat } from "ol/proj";
import type { CameraKind, GeoFeatures, LatLon } from "../hub/types";
import { along } from "./geometry";
import { CAMERA_COLOUR, HALO, faded } from "./palette";
import { projectAll } from "./project";

const SECTORS_BELOW_RESOLUTION = 1.6;
const SECTOR_LENGTH_LIMIT_M = 45;

export class CameraLayer {
  private readonly source = new VectorSource();
  private shown: ReadonlySet<string> = new Set(Object.keys(CAMERA_COLOUR));
  readonly layer = new VectorLayer({
    source: this.source,
    style: (feature, resolution) => this.style(feature, resolution),
  });

  show(features: GeoFeatures): void {
    const read = new GeoJSON({ featureProjection: "EPSG:3857" }).readFeatures(features);
    this.source.clear(true);
    this.source.addFeatures(read as Feature[]);
  }

  showKinds(kinds: ReadonlySet<string>): void {
    this.shown = kinds;
    this.layer.changed();
  }

  private style(feature: FeatureLike, resolution: number): Style | Style[] | undefined {
    const kind = String(feature.get("kind")) as CameraKind;
    if (!this.shown.has(kind)) return undefined;
    const mark = new Style({ image: image(kind, resolution), zIndex: kind === "camera" ? 1 : 2 });
    if (resolution > SECTORS_BELOW_RESOLUTION) return mark;
    const sector = sectorStyle(feature, kind);
    return sector ? [sector, mark] : mark;
  }
}

function image(kind: CameraKind, resolution: number): Circle | RegularShape {
  const near = resolution < 4;
  const fill = new Fill({ color: CAMERA_COLOUR[kind] });
  const stroke = new Stroke({ color: HALO, width: 1 });
  if (kind === "camera") return new Circle({ radius: near ? 3.5 : 2, fill, stroke });
  if (kind === "speed_camera") {
    return new RegularShape({ points: 4, radius: near ? 5.5 : 3.5, angle: Math.PI / 4, fill, stroke });
  }
  return new RegularShape({ points: 3, radius: near ? 8 : 6.5, fill, stroke });
}

/** The sector a fixed camera looks into; one that turns all round has none. */
function sectorStyle(feature: FeatureLike, kind: CameraKind): Style | null {
  const heading = feature.get("bearing_rad") as number | null;
  const width = feature.get("field_of_view_rad") as number | null;
  const point = feature.getGeometry();
  if (heading === null || width === null || !(point instanceof Point)) return null;
  const [longitude = 0, latitude = 0] = toLonLat(point.getCoordinates());
  const from: LatLon = [latitude, longitude];
  const reach_m = Math.min(SECTOR_LENGTH_LIMIT_M, Number(feature.get("range_m") ?? 30));
  const arc = [-0.5, -0.25, 0, 0.25, 0.5].map((part) => along(from, heading + part * width, reach_m));
  return new Style({
    geometry: new Polygon([projectAll([from, ...arc, from])]),
    fill: new Fill({ color: faded(CAMERA_COLOUR[kind], 0.14) }),
  });
}
