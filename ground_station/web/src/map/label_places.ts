/**
 * Where labels stand beside their points, so that they hide neither one another nor the marks.
 *
 * Pixels, x to the right and y down. What comes first has the first choice.
 */

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Label {
  x: number;
  y: number;
  width: number;
  height: number;
  /** How far the label keeps from its point, so that its own mark stays clear. */
  gap: number;
}

/** From a label's point to the label's middle; `hidden` pixels of it are shared with others. */
export interface LabelPlace {
  dx: number;
  dy: number;
  hidden: number;
}

const SIDES = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
] as const;

/** A place for each label: on the first free side, else on the one where it is hidden least. */
export function placeLabels(labels: Label[], taken: Box[]): LabelPlace[] {
  const full = [...taken];
  return labels.map((label) => {
    const places = SIDES.map(([right, down]) => beside(label, right, down, full));
    const best = places.reduce((least, place) => (place.hidden < least.hidden ? place : least));
    full.push(boxOf(label, best.dx, best.dy));
    return best;
  });
}

/** How far each mark must step aside for all to lie at least `apart` from one another. */
export function spreadMarks(points: [number, number][], apart: number): [number, number][] {
  const placed: [number, number][] = [];
  return points.map(([x, y]) => {
    const steps = [[0, 0] as const, ...SIDES.map(([right, down]) => [right * apart, down * apart] as const)];
    const free = steps.find(([dx, dy]) => placed.every(([px, py]) => Math.hypot(x + dx - px, y + dy - py) >= apart));
    const [dx, dy] = free ?? [0, 0];
    placed.push([x + dx, y + dy]);
    return [dx, dy];
  });
}

export function boxAround(x: number, y: number, half: number): Box {
  return { left: x - half, top: y - half, width: 2 * half, height: 2 * half };
}

function beside(label: Label, right: number, down: number, full: Box[]): LabelPlace {
  const dx = right * (label.gap + label.width / 2);
  const dy = down * (label.gap + label.height / 2);
  const box = boxOf(label, dx, dy);
  return { dx, dy, hidden: full.reduce((sum, other) => sum + shared(box, other), 0) };
}

function boxOf({ x, y, width, height }: Label, dx: number, dy: number): Box {
  return { left: x + dx - width / 2, top: y + dy - height / 2, width, height };
}

function shared(a: Box, b: Box): number {
  const across = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const along = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  return across > 0 && along > 0 ? across * along : 0;
}
