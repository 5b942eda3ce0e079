/** Where a drone flies: up, along its mission, to a place, about it, after something. */

import { signal } from "@preact/signals";
import { t } from "../../language";
import { type PlaceWish, orbitRadius_m, placing, wish } from "../../state/flying";
import { type Controlled, Drawer, Opens, Sure, drawer, flies, usable } from "./controls";

const HEIGHTS_M = [15, 30, 50, 80];
const SPEEDS_M_S = [3, 5, 8, 12];
const RADII_M = [15, 30, 60, 100];
const STEPS = [-5, -1, 1, 5];
const PLACES: PlaceWish[] = ["divert", "orbit", "follow"];

/** The mission's item that is chosen, from 1; null: the one that is current. */
const chosenItem = signal<number | null>(null);

export function FlightControls({ vehicle, locked }: Controlled) {
  const air = flies(vehicle) && !locked;
  const ground = usable(vehicle) && vehicle.landed === true && !locked;
  return (
    <>
      <TakeOffDrawer vehicle={vehicle} locked={!ground} />
      <ItemDrawer vehicle={vehicle} locked={locked} />
      <Drawer name="orbit" label={t("flight.radius")}>
        {RADII_M.map((radius) => (
          <button
            key={radius}
            aria-pressed={orbitRadius_m.value === radius}
            onClick={() => (orbitRadius_m.value = radius)}
          >
            {radius} {t("unit.metre")}
          </button>
        ))}
      </Drawer>
      <HeightDrawer vehicle={vehicle} locked={!air} />
      <SpeedDrawer vehicle={vehicle} locked={!air} />
      <div class="flight-buttons">
        <Opens name="take_off" disabled={!ground}>
          {t("flight.take_off")}
        </Opens>
        <Opens name="item" disabled={(!air && !ground) || !vehicle.mission_total}>
          {t("flight.jump")}
        </Opens>
        {PLACES.map((what) => (
          <button key={what} disabled={!air} aria-pressed={placing.value === what} onClick={() => place(what)}>
            {t(`flight.${what}`)}
          </button>
        ))}
        <Opens name="height" disabled={!air}>
          {t("flight.height")}
        </Opens>
        <Opens name="speed" disabled={!air}>
          {t("flight.speed")}
        </Opens>
      </div>
    </>
  );
}

function place(what: PlaceWish): void {
  placing.value = placing.value === what ? null : what;
  drawer.value = what === "orbit" && placing.value ? "orbit" : null;
}

function TakeOffDrawer({ vehicle, locked }: Controlled) {
  return (
    <Drawer name="take_off" label={t("flight.take_off_to")}>
      {HEIGHTS_M.map((height) => (
        <Sure
          key={height}
          of={`${vehicle.system_id} take_off ${height}`}
          question={t("flight.confirm_take_off")}
          disabled={locked}
          act={() => {
            drawer.value = null;
            wish(vehicle, { command: "take_off", height_above_home_m: height });
          }}
        >
          {height} {t("unit.metre")}
        </Sure>
      ))}
    </Drawer>
  );
}

/** On the ground the mission begins at the item; in the air it goes on there. */
function ItemDrawer({ vehicle, locked }: Controlled) {
  const total = vehicle.mission_total ?? 0;
  const item = Math.max(1, Math.min(total, chosenItem.value ?? (vehicle.mission_current ?? 0) + 1));
  const landed = vehicle.landed === true;
  const act = () => {
    drawer.value = null;
    chosenItem.value = null;
    wish(vehicle, landed ? { command: "start", at_item: item - 1 } : { command: "jump", to_item: item - 1 });
  };
  return (
    <Drawer name="item" label={t("flight.item")}>
      {STEPS.slice(0, 2).map((step) => (
        <Step key={step} step={step} item={item} total={total} />
      ))}
      <b class="item-number">
        {item} / {total}
      </b>
      {STEPS.slice(2).map((step) => (
        <Step key={step} step={step} item={item} total={total} />
      ))}
      <Sure
        of={`${vehicle.system_id} item ${item}`}
        question={t(landed ? "flight.confirm_start" : "flight.confirm_jump", { item })}
        disabled={locked || !usable(vehicle)}
        act={act}
      >
        {t(landed ? "flight.start_at" : "flight.jump_to", { item })}
      </Sure>
    </Drawer>
  );
}

function Step({ step, item, total }: { step: number; item: number; total: number }) {
  return (
    <button
      disabled={step < 0 ? item <= 1 : item >= total}
      onClick={() => (chosenItem.value = Math.max(1, Math.min(total, item + step)))}
    >
      {step > 0 ? `+${step}` : `−${-step}`}
    </button>
  );
}

function HeightDrawer({ vehicle, locked }: Controlled) {
  return (
    <Drawer name="height" label={t("flight.height_to")}>
      {HEIGHTS_M.map((height) => (
        <button
          key={height}
          disabled={locked}
          onClick={() => {
            drawer.value = null;
            wish(vehicle, { command: "height", height_above_home_m: height });
          }}
        >
          {height} {t("unit.metre")}
        </button>
      ))}
    </Drawer>
  );
}

function SpeedDrawer({ vehicle, locked }: Controlled) {
  return (
    <Drawer name="speed" label={t("flight.speed")}>
      {SPEEDS_M_S.map((speed_m_s) => (
        <button
          key={speed_m_s}
          disabled={locked}
          onClick={() => {
            drawer.value = null;
            wish(vehicle, { command: "speed", speed_m_s });
          }}
        >
          {speed_m_s} {t("unit.metre_per_second")}
        </button>
      ))}
    </Drawer>
  );
}
