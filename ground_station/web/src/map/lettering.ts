/** The size of a text on the map, and a point's place in pixels of one resolution. */

import type { LatLon } from "../hub/types";
import { project } from "./project";

const pen = document.createElement("canvas").getContext("2d");

export function textWidth(text: string, font: string): number {
  if (!pen) return text.length * 7.5;
  pen.font = font;
  return pen.measureText(text).width;
}

/** Pixels from the projection's origin, y down; the map's own shift does not matter to a layout. */
export function pixel(at: LatLon, resolution: number): [number, number] {
  const [east = 0, north = 0] = project(at);
  return [east / resolution, -north / resolution];
}

/** Remembers the layout of the last resolution: all features of a layer ask for the same one. */
export function perResolution<T>(layOut: (resolution: number) => T): (resolution: number) => T {
  let last: { resolution: number; layout: T } | null = null;
  return (resolution) => {
    if (last?.resolution !== resolution) last = { resolution, layout: layOut(resolution) };
    return last.layout;
  };
}
