/** From the hub's (latitude, longitude) to the map's projection. */

import type { Coordinate } from "ol/coordinate";
import { fromLonLat } from "ol/proj";
import type { LatLon } from "../hub/types";

export function project([latitude, longitude]: LatLon): Coordinate {
  return fromLonLat([longitude, latitude]);
}

export function projectAll(points: LatLon[]): Coordinate[] {
  return points.map(project);
}

/** Ground metres that one pixel covers: a projected metre is stretched by 1 / cos(latitude). */
export function groundResolution(resolution: number, latitude_deg: number): number {
  return resolution * Math.cos((latitude_deg * Math.PI) / 180);
}
