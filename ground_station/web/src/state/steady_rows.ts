/**
 * Rows that keep their places while a pointer is among them, so that no click lands on a row that
 * has just moved under it. What has come meanwhile waits, and is counted.
 */

export interface Rows<T> {
  rows: T[];
  waiting: T[];
}

/** The rows of `held`, in its order, and those of `shown` that it lacks; all of `shown` when null. */
export function steadyRows<T extends { id: string }>(
  shown: T[],
  all: ReadonlyMap<string, T>,
  held: readonly string[] | null,
): Rows<T> {
  if (held === null) return { rows: shown, waiting: [] };
  const kept = new Set(held);
  return {
    rows: held.map((id) => all.get(id)).filter((row) => row !== undefined),
    waiting: shown.filter((row) => !kept.has(row.id)),
  };
}
