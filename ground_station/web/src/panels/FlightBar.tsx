/** The chosen drone's bar over the map: who has it, what it is doing, what can be asked of it. */

import { signal } from "@preact/signals";
import type { Vehicle } from "../hub/types";
import { type Key, inLanguage, language_words, t, wishName } from "../language";
import { droneColour } from "../map/palette";
import { busy } from "../state/actions";
import {
  type PlaceWish,
  deeds,
  leaseOf,
  isMine,
  lookOver,
  mapMenu,
  orbitRadius_m,
  placing,
  stepLease,
  stopDeed,
  wish,
  wishAt,
} from "../state/flying";
import { language } from "../state/operator";
import { isStale, selectedVehicleId, vehicles } from "../state/store";

const PLACES: PlaceWish[] = ["divert", "orbit", "look_at"];
const SPEEDS_M_S = [3, 5, 8, 12];
const RADII_M = [15, 30, 60];
const PHRASES: Key[] = ["phrase.disperse", "phrase.leave", "phrase.help", "phrase.recorded"];

type Drawer = "speed" | "speak" | "orbit" | null;
const drawer = signal<Drawer>(null);
const lit = signal<ReadonlySet<number>>(new Set());

export function FlightBar() {
  const vehicle = vehicles.value.get(selectedVehicleId.value ?? -1);
  if (!vehicle) return null;
  const mine = leaseOf(vehicle);
  const locked = mine !== null && mine.holder !== null && !isMine(mine);
  return (
    <section class="flight-bar" aria-label={vehicle.name}>
      <div class="flight-head">
        <svg width="14" height="14" viewBox="0 0 28 28" aria-hidden="true">
          <path d="M14 2 25 25 14 19.5 3 25z" fill={droneColour(vehicle.system_id)} />
        </svg>
        <b>{vehicle.name}</b>
        <LeaseState vehicle={vehicle} />
        <span class="spread" />
        <button class="small" onClick={() => void lookOver(vehicle)} disabled={!usable(vehicle)}>
          {t("ready.open")}
        </button>
      </div>
      <Foreign vehicle={vehicle} />
      <UnderWay vehicle={vehicle} />
      {drawer.value ? <DrawerRow vehicle={vehicle} locked={locked} /> : null}
      <Buttons vehicle={vehicle} locked={locked} />
    </section>
  );
}

/** A long press, or a right click, on the map asks what to do there. */
export function MapMenu() {
  const vehicle = vehicles.value.get(selectedVehicleId.value ?? -1);
  const menu = mapMenu.value;
  if (!vehicle || menu === null) return null;
  return (
    <div class="map-menu" role="menu" style={{ left: `${menu.x}px`, top: `${menu.y}px` }}>
      <p>{vehicle.name}</p>
      {PLACES.map((what) => (
        <button key={what} role="menuitem" disabled={!flies(vehicle)} onClick={() => wishAt(vehicle, what, menu.at)}>
          {t(`flight.${what}`)}
        </button>
      ))}
      <button role="menuitem" onClick={() => (mapMenu.value = null)}>
        {t("app.cancel")}
      </button>
    </div>
  );
}

function usable(vehicle: Vehicle): boolean {
  return vehicle.linked && !isStale.value;
}

function flies(vehicle: Vehicle): boolean {
  return usable(vehicle) && vehicle.landed === false;
}

function LeaseState({ vehicle }: { vehicle: Vehicle }) {
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

function Foreign({ vehicle }: { vehicle: Vehicle }) {
  const said = leaseOf(vehicle)?.foreign;
  return said ? (
    <p class="flight-warning" role="alert">
      ⚠ {inLanguage(said)}
    </p>
  ) : null;
}

function UnderWay({ vehicle }: { vehicle: Vehicle }) {
  const deed = deeds.value.get(vehicle.system_id);
  if (placing.value !== null) {
    return (
      <p class="flight-now">
        {t("flight.click", { what: t(`flight.${placing.value}`) })}
        <button class="small" onClick={() => (placing.value = null)}>
          {t("app.cancel")}
        </button>
      </p>
    );
  }
  if (!deed) return null;
  return (
    <p class="flight-now" role="status">
      <progress {...(deed.progress === null ? {} : { value: deed.progress })} />
      {wishName(deed.command)}
      <span class="dim">{inLanguage(deed.words)}</span>
      <button class="small" onClick={() => stopDeed(vehicle)}>
        {t("flight.stop")}
      </button>
    </p>
  );
}

function Buttons({ vehicle, locked }: { vehicle: Vehicle; locked: boolean }) {
  const air = flies(vehicle) && !locked;
  const on = lit.value.has(vehicle.system_id);
  return (
    <div class="flight-buttons">
      {PLACES.map((what) => (
        <button
          key={what}
          disabled={!air}
          aria-pressed={placing.value === what}
          onClick={() => {
            placing.value = placing.value === what ? null : what;
            drawer.value = what === "orbit" && placing.value ? "orbit" : null;
          }}
        >
          {t(`flight.${what}`)}
        </button>
      ))}
      <button disabled={!air} onClick={() => wish(vehicle, { command: "look_away" })}>
        {t("flight.look_away")}
      </button>
      <Toggle name="speed" disabled={!air} />
      <button
        disabled={!usable(vehicle) || locked}
        aria-pressed={on}
        onClick={() => {
          const next = new Set(lit.value);
          if (on) next.delete(vehicle.system_id);
          else next.add(vehicle.system_id);
          lit.value = next;
          wish(vehicle, { command: "light", on: !on });
        }}
      >
        {t(on ? "flight.light_off" : "flight.light")}
      </button>
      <Toggle name="speak" disabled={!usable(vehicle) || locked} />
      <button
        class="stop"
        disabled={!flies(vehicle)}
        title={t("flight.abort_hint")}
        onClick={() => wish(vehicle, { command: "abort" })}
      >
        {t("flight.abort")}
      </button>
    </div>
  );
}

function Toggle({ name, disabled }: { name: "speed" | "speak"; disabled: boolean }) {
  const open = drawer.value === name;
  return (
    <button disabled={disabled} aria-expanded={open} onClick={() => (drawer.value = open ? null : name)}>
      {t(`flight.${name}`)}
    </button>
  );
}

function DrawerRow({ vehicle, locked }: { vehicle: Vehicle; locked: boolean }) {
  const close = () => (drawer.value = null);
  if (drawer.value === "orbit") {
    return (
      <div class="flight-drawer">
        <span class="dim">{t("flight.radius")}</span>
        {RADII_M.map((radius) => (
          <button key={radius} aria-pressed={orbitRadius_m.value === radius} onClick={() => (orbitRadius_m.value = radius)}>
            {radius} {t("unit.metre")}
          </button>
        ))}
      </div>
    );
  }
  if (drawer.value === "speed") {
    return (
      <div class="flight-drawer">
        {SPEEDS_M_S.map((speed_m_s) => (
          <button
            key={speed_m_s}
            disabled={locked || !flies(vehicle)}
            onClick={() => (close(), wish(vehicle, { command: "speed", speed_m_s }))}
          >
            {speed_m_s} {t("unit.metre_per_second")}
          </button>
        ))}
      </div>
    );
  }
  return (
    <div class="flight-drawer speak">
      {PHRASES.map((phrase) => (
        <button
          key={phrase}
          disabled={locked || !usable(vehicle)}
          onClick={() => (close(), wish(vehicle, { command: "say", text: language_words(phrase), language: language.value }))}
        >
          {t(phrase)}
        </button>
      ))}
      <button onClick={() => wish(vehicle, { command: "silence" })}>{t("flight.silence")}</button>
    </div>
  );
}
