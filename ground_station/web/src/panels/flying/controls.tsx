/** What the groups of controls share: when a button makes sense, the one open drawer, sure presses. */

import { effect, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Vehicle } from "../../hub/types";
import { isStale, selectedVehicleId } from "../../state/store";

export interface Controlled {
  vehicle: Vehicle;
  /** Another operator holds the lease. */
  locked: boolean;
}

const CONFIRM_MS = 5000;

/** The one row of choices that is open over the buttons. */
export const drawer = signal<string | null>(null);
/** The one button that was pressed once and waits for its second press. */
const armed = signal("");
let disarmTimer = 0;

/** Choices that were opened for one drone are not another's. */
effect(() => {
  void selectedVehicleId.value;
  drawer.value = null;
});

export function usable(vehicle: Vehicle): boolean {
  return vehicle.linked && !isStale.value;
}

export function flies(vehicle: Vehicle): boolean {
  return usable(vehicle) && vehicle.landed === false;
}

/** Opens and closes its row of choices. */
export function Opens({ name, disabled, children }: { name: string; disabled: boolean; children: ComponentChildren }) {
  const open = drawer.value === name;
  return (
    <button class="opens" disabled={disabled} aria-expanded={open} onClick={() => (drawer.value = open ? null : name)}>
      {children}
      <span aria-hidden="true"> {open ? "▴" : "▾"}</span>
    </button>
  );
}

/** The choices of an open drawer. */
export function Drawer({ name, label, children }: { name: string; label: string; children: ComponentChildren }) {
  if (drawer.value !== name) return null;
  return (
    <div class="flight-drawer" role="group" aria-label={label}>
      <span class="dim">{label}</span>
      {children}
    </div>
  );
}

interface SureButton {
  /** Tells this button from every other one that waits. */
  of: string;
  question: string;
  disabled?: boolean;
  act: () => void;
  children: ComponentChildren;
}

/** A button whose first press only asks: the second within five seconds acts. */
export function Sure({ of, question, disabled, act, children }: SureButton) {
  const waits = armed.value === of;
  const press = () => {
    window.clearTimeout(disarmTimer);
    armed.value = waits ? "" : of;
    if (waits) act();
    else disarmTimer = window.setTimeout(() => (armed.value = ""), CONFIRM_MS);
  };
  return (
    <button class={waits ? "armed" : ""} disabled={disabled ?? false} onClick={press}>
      {waits ? question : children}
    </button>
  );
}
