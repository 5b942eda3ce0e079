/** A long press, or a right click, on the map asks what to do there. */

import { named, t } from "../../language";
import { follow, mapMenu, wishAt } from "../../state/flying";
import { selectedVehicleId, vehicles } from "../../state/store";
import { flies } from "./controls";

const PLACES = ["divert", "orbit", "look_at"] as const;

export function MapMenu() {
  const vehicle = vehicles.value.get(selectedVehicleId.value ?? -1);
  const menu = mapMenu.value;
  if (!vehicle || menu === null) return null;
  const near = menu.near;
  return (
    <div class="map-menu" role="menu" style={{ left: `${menu.x}px`, top: `${menu.y}px` }}>
      <p>{vehicle.name}</p>
      {near === null ? null : (
        <button role="menuitem" disabled={!flies(vehicle)} onClick={() => follow(vehicle, near)}>
          {t("flight.follow")}: {named("class", near.track.object_class)}
        </button>
      )}
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
