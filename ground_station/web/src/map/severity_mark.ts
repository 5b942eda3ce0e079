/**
 * The mark of a severity: octagon, triangle or disc, so that it is told without colour.
 *
 * A filled mark is unseen; a hollow one was acknowledged.
 */

import type { Severity } from "../hub/types";
import { HALO, SEVERITY_COLOUR } from "./palette";

const SHAPE: Record<Severity, string> = {
  alarm: '<path d="M8.6 2.5h10.8l6.1 6.1v10.8l-6.1 6.1H8.6l-6.1-6.1V8.6z"',
  warning: '<path d="M14 2.5 26.5 25h-25z"',
  notice: '<circle cx="14" cy="14" r="10.5"',
};
const SIGN: Record<Severity, string> = {
  alarm: '<path d="M14 7v9M14 19.5v2.2"',
  warning: '<path d="M14 10v7M14 20v2"',
  notice: '<path d="M14 12.5V20M14 8v1.6"',
};

export function markSvg(severity: Severity, fresh: boolean, size_px: number): string {
  const colour = SEVERITY_COLOUR[severity];
  const fill = fresh ? colour : HALO;
  const ink = fresh ? HALO : colour;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size_px}" height="${size_px}" viewBox="0 0 28 28">` +
    `${SHAPE[severity]} fill="${fill}" stroke="${fresh ? HALO : colour}" stroke-width="2"/>` +
    `${SIGN[severity]} stroke="${ink}" stroke-width="3" stroke-linecap="round"/></svg>`
  );
}
