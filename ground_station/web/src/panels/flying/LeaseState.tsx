/** Who commands a drone, and how that is handed over. */

import type { Vehicle } from "../../hub/types";
import { t } from "../../language";
import { busy } from "../../state/actions";
import { isMine, leaseOf, stepLease } from "../../state/flying";
import { isStale } from "../../state/store";

export function LeaseState({ vehicle }: { vehicle: Vehicle }) {
  const lease = leaseOf(vehicle);
  const waiting = busy.value.has(`lease ${vehicle.system_id}`) || isStale.value;
  if (lease === null || lease.holder === null) {
    return (
      <span class="lease free">
        {t("lease.free")}
        <button class="small" disabled={waiting} onClick={() => stepLease(vehicle, "take")}>
          {t("lease.take")}
        </button>
      </span>
    );
  }
  if (!isMine(lease)) {
    return (
      <span class="lease other">
        {t("lease.held", { who: lease.holder })}
        <button
          class="small"
          disabled={waiting || (!lease.takeable && lease.asked_by !== null)}
          onClick={() => stepLease(vehicle, lease.takeable ? "take" : "ask")}
        >
          {t(lease.takeable ? "lease.take_lost" : lease.asked_by ? "lease.asked" : "lease.ask")}
        </button>
      </span>
    );
  }
  return (
    <span class="lease mine">
      {lease.asked_by ? t("lease.asks", { who: lease.asked_by }) : t("lease.mine")}
      {lease.asked_by ? (
        <>
          <button class="small main" disabled={waiting} onClick={() => stepLease(vehicle, "grant")}>
            {t("lease.grant")}
          </button>
          <button class="small" disabled={waiting} onClick={() => stepLease(vehicle, "refuse")}>
            {t("lease.refuse")}
          </button>
        </>
      ) : (
        <button class="small" disabled={waiting} onClick={() => stepLease(vehicle, "release")}>
          {t("lease.release")}
        </button>
      )}
    </span>
  );
}
