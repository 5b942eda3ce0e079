/**
 * The page's side of the hub's stream as a state machine: no socket and no clock within.
 *
 * A socket that stays open and says nothing is not proof of a live hub, so silence is probed and
 * an unanswered probe counts as a lost link. Waits grow by doubling; the caller adds jitter.
 */

export type LinkState = "connecting" | "live" | "lost";
export type LinkAction = "connect" | "probe" | "drop";

const SILENCE_BEFORE_PROBE_S = 6;
const PROBE_LIMIT_S = 4;
const CONNECT_LIMIT_S = 8;
const FIRST_WAIT_S = 0.5;
const LONGEST_WAIT_S = 8;

export class HubLink {
  state: LinkState = "connecting";
  /** When the hub last said anything, or null if it never did. */
  heard_s: number | null = null;
  /** When the next try begins, or null while one is under way or not needed. */
  retry_s: number | null = 0;
  private failures = 0;
  private trying_since_s: number | null = null;
  private probed_s: number | null = null;

  received(now_s: number): void {
    this.state = "live";
    this.heard_s = now_s;
    this.failures = 0;
    this.trying_since_s = null;
    this.probed_s = null;
    this.retry_s = null;
  }

  closed(now_s: number): void {
    this.state = "lost";
    this.trying_since_s = null;
    this.probed_s = null;
    this.retry_s = now_s + Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** this.failures);
    this.failures += 1;
  }

  /** An operator who does not want to wait. */
  retryNow(now_s: number): void {
    if (this.retry_s !== null) this.retry_s = now_s;
  }

  tick(now_s: number): LinkAction[] {
    if (this.retry_s !== null) return this.retryWhenDue(now_s);
    if (this.trying_since_s !== null) return this.giveUp(now_s - this.trying_since_s > CONNECT_LIMIT_S);
    if (this.probed_s !== null) return this.giveUp(now_s - this.probed_s > PROBE_LIMIT_S);
    if (this.heard_s !== null && now_s - this.heard_s > SILENCE_BEFORE_PROBE_S) {
      this.probed_s = now_s;
      return ["probe"];
    }
    return [];
  }

  private retryWhenDue(now_s: number): LinkAction[] {
    if (this.retry_s === null || now_s < this.retry_s) return [];
    this.retry_s = null;
    this.trying_since_s = now_s;
    return ["connect"];
  }

  private giveUp(overdue: boolean): LinkAction[] {
    return overdue ? ["drop"] : [];
  }
}
