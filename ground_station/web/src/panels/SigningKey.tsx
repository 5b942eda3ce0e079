/** A drone's signing key: whether it has one, a new one, and none any more. The key is never shown. */

import * as hub from "../hub/api";
import type { Vehicle } from "../hub/types";
import { t } from "../language";
import { asOperator, busy, during, say, take } from "../state/actions";
import { isMine, leaseOf } from "../state/flying";
import { operator } from "../state/operator";
import { isStale } from "../state/store";
import { Sure } from "./flying/controls";

interface Shown {
  vehicle: Vehicle;
  state: hub.KeyState;
}

export function SigningKey({ vehicle, state }: Shown) {
  const lease = leaseOf(vehicle);
  const locked = lease?.holder != null && !isMine(lease);
  const waiting = busy.value.has(`key ${vehicle.system_id}`);
  // PX4 takes no key while its motors may turn.
  const disabled = !vehicle.linked || vehicle.armed !== false || isStale.value || waiting || locked;
  const has = state !== "none";
  return (
    <p class="signing-key" title={vehicle.armed === false ? "" : t("key.on_ground")}>
      <span class={has ? "good" : "dim"}>{waiting ? t("key.waiting") : t(`key.${state}`)}</span>
      <Sure
        of={`${vehicle.system_id} key give`}
        question={t(has ? "key.sure_new" : "key.sure_give")}
        disabled={disabled}
        act={() => change(vehicle, "give")}
      >
        {t(has ? "key.new" : "key.give")}
      </Sure>
      {has ? (
        <Sure
          of={`${vehicle.system_id} key remove`}
          question={t("key.sure_remove")}
          disabled={disabled}
          act={() => change(vehicle, "remove")}
        >
          {t("key.remove")}
        </Sure>
      ) : null}
    </p>
  );
}

function change(vehicle: Vehicle, deed: "give" | "remove"): void {
  asOperator(() =>
    during(`key ${vehicle.system_id}`, async () => {
      const asked = say(t("key.asked", { name: vehicle.name }));
      const ended = take(await hub.changeKey(vehicle.system_id, deed, operator.value), asked);
      if (ended === null) return;
      const about = { name: vehicle.name, reason: ended.reason };
      if (ended.outcome === "done") say(t(deed === "give" ? "key.given_now" : "key.removed_now", about), "good", asked);
      else say(t(ended.outcome === "refused" ? "key.refused" : "key.failed", about), "bad", asked);
    }),
  );
}
