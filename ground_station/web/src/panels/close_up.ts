/** The part of a picture worth enlarging: where its boxes are. */

import type { Picture } from "../hub/types";

export interface PartOfPicture {
  left_px: number;
  top_px: number;
  width_px: number;
  height_px: number;
  /** The corner of the picture that lies farthest from it. */
  corner: string;
}

const MARGIN = 0.5;
const LEAST_WIDTH_PX = 110;
const LARGEST_SHARE = 0.3;
const ASPECT = 4 / 3;

/** Null where there is no box, or where the boxes are large enough as they are. */
export function partToEnlarge({ boxes, width_px, height_px }: Picture): PartOfPicture | null {
  if (boxes.length === 0) return null;
  const left = Math.min(...boxes.map((box) => box.left_px));
  const top = Math.min(...boxes.map((box) => box.top_px));
  const right = Math.max(...boxes.map((box) => box.left_px + box.width_px));
  const bottom = Math.max(...boxes.map((box) => box.top_px + box.height_px));
  const padded = (1 + MARGIN) * Math.max(right - left, (bottom - top) * ASPECT);
  const width = Math.max(LEAST_WIDTH_PX, padded);
  if (width > LARGEST_SHARE * width_px) return null;
  const height = width / ASPECT;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return {
    left_px: within(x - width / 2, width_px - width),
    top_px: within(y - height / 2, height_px - height),
    width_px: width,
    height_px: height,
    corner: `${y < height_px / 2 ? "bottom" : "top"} ${x < width_px / 2 ? "right" : "left"}`,
  };
}

function within(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}
