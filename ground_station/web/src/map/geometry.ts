/** Points on the ground for drawing. Degrees; bearings in radians clockwise from true north. */

import type { Ellipse, LatLon } from "../hub/types";

const EARTH_RADIUS_M = 6_371_008.8;
const DEGREES = 180 / Math.PI;

/**
 * The point `distance_m` from `from` along `bearing_rad`, on a local plane.
 *
 * For drawing only: within 5 km its error is below a metre at these latitudes.
 */
export function along(from: LatLon, bearing_rad: number, distance_m: number): LatLon {
  const [latitude, longitude] = from;
  const north_m = distance_m * Math.cos(bearing_rad);
  const east_m = distance_m * Math.sin(bearing_rad);
  return [
    latitude + (north_m / EARTH_RADIUS_M) * DEGREES,
    longitude + (east_m / (EARTH_RADIUS_M * Math.cos(latitude / DEGREES))) * DEGREES,
  ];
}

/** The outline of an error ellipse around `centre`; the major axis lies on its orientation. */
export function ellipseRing(centre: LatLon, ellipse: Ellipse, corners = 48): LatLon[] {
  return Array.from({ length: corners }, (_, index) => {
    const angle = (2 * Math.PI * index) / corners;
    const ahead_m = ellipse.semi_major_m * Math.cos(angle);
    const right_m = ellipse.semi_minor_m * Math.sin(angle);
    const bearing = ellipse.orientation_rad + Math.atan2(right_m, ahead_m);
    return along(centre, bearing, Math.hypot(ahead_m, right_m));
  });
}

/** How far two near points lie apart, on a local plane. */
export function distance_m(a: LatLon, b: LatLon): number {
  const north = b[0] - a[0];
  const east = (b[1] - a[1]) * Math.cos(a[0] / DEGREES);
  return (Math.hypot(north, east) / DEGREES) * EARTH_RADIUS_M;
}

export function pathLength_m(path: LatLon[]): number {
  return path.slice(1).reduce((sum, point, index) => sum + distance_m(path[index] as LatLon, point), 0);
}

/** The bearing from one point to another, 0 to 2 pi. */
export function bearing(from: LatLon, to: LatLon): number {
  const north = to[0] - from[0];
  const east = (to[1] - from[1]) * Math.cos(from[0] / DEGREES);
  return (Math.atan2(east, north) + 2 * Math.PI) % (2 * Math.PI);
}
