/** What aircraft decided by themselves, in the order in which they decided. */

import type { Decision } from "../hub/types";

/** What is shown of one aircraft. */
export const DECISIONS_SHOWN = 6;
/** Until then a decision says what the aircraft does now; later it is history. */
export const DECISION_NEWS_MS = 15 * 60_000;

/** Take more decisions in: each once, the newest first, only as many of each aircraft as are shown. */
export function withDecisions(known: Map<string, Decision[]>, more: Decision[]): Map<string, Decision[]> {
  const all = new Map(known);
  for (const decision of more) {
    const others = (all.get(decision.drone_id) ?? []).filter((each) => each.id !== decision.id);
    const ordered = [decision, ...others].sort((a, b) => Date.parse(b.decided_at) - Date.parse(a.decided_at));
    all.set(decision.drone_id, ordered.slice(0, DECISIONS_SHOWN));
  }
  return all;
}
