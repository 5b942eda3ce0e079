/** The drones: how each fares, and what can be asked of it. */

import { signal } from "@preact/signals";
import type { Vehicle, VehicleCommand } from "../hub/types";
import { age, metres, named, percent, t } from "../language";
import { droneColour } from "../map/palette";
import { busy, commandVehicle } from "../state/actions";
import { isMine, leaseOf } from "../state/flying";
import { noticeOf } from "../state/plans";
import { followedVehicleId, isStale, selectedVehicleId, statuses, vehicles } from "../state/store";
import { AircraftDetail, AircraftNews, TroubleCount } from "./AircraftState";
import { Sure } from "./flying/controls";

const LOW_BATTERY = 0.25;
const TWO_STEPS: Partial<Record<VehicleCommand, "fleet.confirm_start" | "fleet.confirm_return" | "fleet.confirm_land">> = {
  start: "fleet.confirm_start",
  return: "fleet.confirm_return",
  land: "fleet.confirm_land",
};
/** Who sees danger stops a drone, whoever holds it. */
const FOR_ALL: VehicleCommand[] = ["hold", "return"];
const COMMANDS: VehicleCommand[] = ["start", "hold", "resume", "return", "land"];

/** Of those that report without an autopilot, the one whose card is open. */
const selectedAircraft = signal<string | null>(null);

export function FleetPanel() {
  const fleet = [...vehicles.value.values()].sort((a, b) => a.system_id - b.system_id);
  const alone = withoutVehicle(fleet);
  return (
    <section class="panel fleet">
      <h2>
        {t("fleet.heading")} <span class="count">{fleet.length + alone.length}</span> <TroubleCount />
      </h2>
      <div class="scroll">
        {fleet.length + alone.length === 0 ? <p class="empty">{t("fleet.none")}</p> : null}
        {fleet.map((vehicle) => (
          <VehicleCard key={vehicle.system_id} vehicle={vehicle} />
        ))}
        {alone.map((droneId) => (
          <AircraftCard key={droneId} droneId={droneId} />
        ))}
      </div>
    </section>
  );
}

function VehicleCard({ vehicle }: { vehicle: Vehicle }) {
  const chosen = selectedVehicleId.value === vehicle.system_id;
  return (
    <article class={`vehicle ${chosen ? "chosen" : ""} ${vehicle.linked ? "" : "unlinked"}`}>
      <button
        class="vehicle-face"
        aria-expanded={chosen}
        onClick={() => (selectedVehicleId.value = chosen ? null : vehicle.system_id)}
      >
        <span class="vehicle-name">
          <svg width="15" height="15" viewBox="0 0 28 28" aria-hidden="true">
            <path d="M14 2 25 25 14 19.5 3 25z" fill={vehicle.linked ? droneColour(vehicle.system_id) : "#8793a3"} />
          </svg>
          <b>{vehicle.name}</b>
          <PlanMark vehicle={vehicle} />
          <Mode vehicle={vehicle} />
        </span>
        <Facts vehicle={vehicle} />
        <Held vehicle={vehicle} />
        <AircraftNews droneId={vehicle.drone_id} chosen={chosen} />
      </button>
      {chosen ? <AircraftDetail droneId={vehicle.drone_id} /> : null}
      {chosen ? <Commands vehicle={vehicle} /> : null}
    </article>
  );
}

/** Aircraft that report by themselves, and whose autopilot this hub does not hear. */
function withoutVehicle(fleet: Vehicle[]): string[] {
  const known = new Set(fleet.map((vehicle) => vehicle.drone_id));
  return [...statuses.value.keys()].filter((droneId) => !known.has(droneId)).sort();
}

function AircraftCard({ droneId }: { droneId: string }) {
  const chosen = selectedAircraft.value === droneId;
  return (
    <article class={`vehicle ${chosen ? "chosen" : ""}`}>
      <button
        class="vehicle-face"
        aria-expanded={chosen}
        onClick={() => (selectedAircraft.value = chosen ? null : droneId)}
      >
        <span class="vehicle-name">
          <b>{droneId}</b>
          <span class="mode">{t("aircraft.no_autopilot")}</span>
        </span>
        <AircraftNews droneId={droneId} chosen={chosen} />
      </button>
      {chosen ? <AircraftDetail droneId={droneId} /> : null}
    </article>
  );
}

/** Who commands it, where that is somebody else, and a plan that is not what it was. */
function Held({ vehicle }: { vehicle: Vehicle }) {
  const lease = leaseOf(vehicle);
  const notice = noticeOf(vehicle);
  const other = lease?.holder && !isMine(lease) ? lease.holder : null;
  return (
    <>
      {other === null ? null : <span class="held">{t("lease.held", { who: other })}</span>}
      {notice === "" ? null : (
        <span class="held warning" title={notice}>
          ⚠ {t("plan.attention")}
        </span>
      )}
    </>
  );
}

function Mode({ vehicle }: { vehicle: Vehicle }) {
  if (!vehicle.linked) {
    const silent_s = vehicle.last_heard_s_ago;
    return (
      <span class="mode bad">
        {silent_s === null ? t("fleet.unlinked_never") : t("fleet.unlinked", { age: age(silent_s) })}
      </span>
    );
  }
  const mode = vehicle.landed === true ? t("fleet.on_ground") : named("mode", vehicle.mode ?? "—");
  return <span class={`mode ${vehicle.mode === "mission" ? "good" : ""}`}>{mode}</span>;
}

function Facts({ vehicle }: { vehicle: Vehicle }) {
  const { height_above_home_m: height, ground_speed_m_s: speed, mission_total: total } = vehicle;
  return (
    <span class="facts">
      <Battery share={vehicle.battery_remaining} />
      <span title={t("fleet.height_hint")}>↑ {height === null ? "—" : metres(Math.max(0, height))}</span>
      <span title={t("fleet.speed")}>{speed === null ? "—" : speed.toFixed(1)} {t("unit.metre_per_second")}</span>
      <span title={t("fleet.mission")}>
        ⚑ {total ? t("fleet.item", { current: Math.min(total, (vehicle.mission_current ?? 0) + 1), total }) : "—"}
      </span>
    </span>
  );
}

type PlanState = "proven" | "not_proven" | "no_plan";
const PLAN_SIGN: Record<PlanState, string> = { proven: "✔", not_proven: "?", no_plan: "○" };

/** A hub that has started anew finds plans on board that it has not proven itself. */
function planState({ plan_proven, mission_total }: Vehicle): PlanState {
  if (plan_proven) return "proven";
  return mission_total ? "not_proven" : "no_plan";
}

function PlanMark({ vehicle }: { vehicle: Vehicle }) {
  const state = planState(vehicle);
  const words = t(`fleet.${state}`);
  return (
    <span class={`plan-mark ${state}`} title={words}>
      <span aria-hidden="true">{PLAN_SIGN[state]}</span>
      <span class="unseen-text">{words}</span>
    </span>
  );
}

function Battery({ share }: { share: number | null }) {
  if (share === null) return <span class="battery">—</span>;
  const low = share < LOW_BATTERY;
  return (
    <span class={low ? "battery low" : "battery"} title={t(low ? "fleet.battery_low" : "fleet.battery")}>
      <i aria-hidden="true">
        <i style={{ width: `${Math.round(share * 100)}%` }} />
      </i>
      {low ? "! " : ""}
      {percent(share)}
    </span>
  );
}

function Commands({ vehicle }: { vehicle: Vehicle }) {
  const waiting = busy.value.has(`vehicle ${vehicle.system_id}`);
  const follows = followedVehicleId.value === vehicle.system_id;
  return (
    <div class="commands">
      <p class={planState(vehicle)}>
        <span aria-hidden="true">{PLAN_SIGN[planState(vehicle)]}</span> {t(`fleet.${planState(vehicle)}`)}
      </p>
      {COMMANDS.map((command) => (
        <Ask key={command} vehicle={vehicle} command={command} waiting={waiting} />
      ))}
      <button
        aria-pressed={follows}
        onClick={() => (followedVehicleId.value = follows ? null : vehicle.system_id)}
      >
        {t("fleet.follow")}
      </button>
    </div>
  );
}

interface Asked {
  vehicle: Vehicle;
  command: VehicleCommand;
  waiting: boolean;
}

function Ask({ vehicle, command, waiting }: Asked) {
  const question = TWO_STEPS[command];
  const lease = leaseOf(vehicle);
  const locked = lease?.holder != null && !isMine(lease) && !FOR_ALL.includes(command);
  const disabled = !vehicle.linked || isStale.value || waiting || locked || !makesSense(vehicle, command);
  const act = () => commandVehicle(vehicle, command);
  const words = t(`fleet.${command}`);
  if (question === undefined) {
    return (
      <button disabled={disabled} onClick={act}>
        {words}
      </button>
    );
  }
  return (
    <Sure of={`${vehicle.system_id} ${command}`} question={t(question)} disabled={disabled} act={act}>
      {words}
    </Sure>
  );
}

/** A start in flight would begin the mission anew; on the ground there is nothing else to do. */
function makesSense({ landed }: Vehicle, command: VehicleCommand): boolean {
  return landed === null || (command === "start") === landed;
}
