/** Plans on their way to drones, and plans that somebody else changed. */

import { signal } from "@preact/signals";
import * as hub from "../hub/api";
import type { PlanChanged, Upload, Vehicle } from "../hub/types";
import { named, t } from "../language";
import { asOperator, say, take } from "./actions";
import { vehicles } from "./store";

/** Uploads under way, by drone. */
export const uploads = signal<ReadonlyMap<number, Upload>>(new Map());
/** Changes by others that the hub told of since the page was opened; the newest of each drone. */
export const changes = signal<ReadonlyMap<number, PlanChanged>>(new Map());

export function noteUpload(upload: Upload): void {
  const kept = new Map(uploads.value);
  if (upload.phase === "ended") {
    kept.delete(upload.system_id);
    tellEnd(upload);
  } else {
    kept.set(upload.system_id, upload);
  }
  uploads.value = kept;
}

export function notePlanChanged(change: PlanChanged): void {
  changes.value = new Map(changes.value).set(change.system_id, change);
  say(`${nameOf(change.system_id)}: ${changedWords(change)}`, "bad");
}

export function cancelUpload(vehicle: Vehicle): void {
  asOperator(async () => {
    take(await hub.cancelUpload(vehicle.system_id));
  });
}

/** What is to be known of the plan on board, in the operator's language where that is known. */
export function noticeOf(vehicle: Vehicle): string {
  const notice = vehicle.plan_notice ?? "";
  const change = changes.value.get(vehicle.system_id);
  if (change !== undefined && change.notice === notice) return changedWords(change);
  if (notice === "") return "";
  if (notice.includes("on board was changed")) return t("plan.changed_unknown");
  if (notice.includes("did not end") || notice.includes("not undone")) return t("plan.unfinished");
  return t("plan.notice", { text: notice });
}

function changedWords({ parts, who }: PlanChanged): string {
  const what = parts.map((part) => named("part", part)).join(", ");
  return who === "" ? t("plan.changed", { what }) : t("plan.changed_by", { what, who });
}

function tellEnd({ system_id, outcome, reason }: Upload): void {
  const name = nameOf(system_id);
  if (outcome === "proven") say(t("plan.proven", { name }), "good");
  else say(t("plan.not_proven", { name, reason: reason || outcome }), "bad");
}

function nameOf(systemId: number): string {
  return vehicles.value.get(systemId)?.name ?? String(systemId);
}
