import type { Severity } from "../hub/types";
import { markSvg } from "../map/severity_mark";

/** A severity's mark in a list; its word stands beside it, so it is hidden from screen readers. */
export function SeverityMark({ severity, fresh, size = 22 }: { severity: Severity; fresh: boolean; size?: number }) {
  const picture = { __html: markSvg(severity, fresh, size) };
  return <span class="mark" aria-hidden="true" dangerouslySetInnerHTML={picture} />;
}
