/** The order in which a command centre reads alerts, and the keyboard's walk along it. */

import type { Alert, AlertState, Severity } from "../hub/types";

const ATTENTION: Record<AlertState, number> = { new: 0, acknowledged: 1, in_incident: 1, closed: 2 };
const URGENCY: Record<Severity, number> = { alarm: 0, warning: 1, notice: 2 };

/** What nobody has looked at first; then the most severe; then the newest. */
export function inReadingOrder(alerts: Iterable<Alert>): Alert[] {
  return [...alerts].sort(
    (a, b) =>
      ATTENTION[a.state] - ATTENTION[b.state] ||
      URGENCY[a.severity] - URGENCY[b.severity] ||
      b.created_at.localeCompare(a.created_at) ||
      a.id.localeCompare(b.id),
  );
}

/** The id `step` places on from `current`; the first one where nothing is chosen yet. */
export function neighbour(ids: string[], current: string | null, step: number): string | null {
  if (ids.length === 0) return null;
  const at = current === null ? -1 : ids.indexOf(current);
  if (at < 0) return ids[0] ?? null;
  return ids[Math.max(0, Math.min(ids.length - 1, at + step))] ?? null;
}
