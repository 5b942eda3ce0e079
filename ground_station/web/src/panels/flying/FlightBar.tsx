/** The chosen drone's bar over the map: who has it, what it is doing, what can be asked of it. */

import { signal } from "@preact/signals";
import type { Vehicle } from "../../hub/types";
import { type Key, inLanguage, named, t, wishName } from "../../language";
import { droneColour } from "../../map/palette";
import { deeds, isMine, leaseOf, lookOver, placing, stopDeed, wish } from "../../state/flying";
import { cancelUpload, noticeOf, uploads } from "../../state/plans";
import { selectedVehicleId, vehicles } from "../../state/store";
import { CameraControls } from "./CameraControls";
import { FlightControls } from "./FlightControls";
import { LeaseState } from "./LeaseState";
import { VoiceControls } from "./VoiceControls";
import { drawer, flies, usable } from "./controls";

const GROUPS = { flight: FlightControls, camera: CameraControls, voice: VoiceControls } as const;
type Group = keyof typeof GROUPS;
const GROUP_WORDS: Record<Group, Key> = {
  flight: "flight.group_flight",
  camera: "flight.group_camera",
  voice: "flight.group_voice",
};
const group = signal<Group>("flight");

export function FlightBar() {
  const vehicle = vehicles.value.get(selectedVehicleId.value ?? -1);
  if (!vehicle) return null;
  const lease = leaseOf(vehicle);
  const locked = lease !== null && lease.holder !== null && !isMine(lease);
  const Controls = GROUPS[group.value];
  return (
    <section class="flight-bar" aria-label={vehicle.name}>
      <div class="flight-head">
        <svg width="14" height="14" viewBox="0 0 28 28" aria-hidden="true">
          <path d="M14 2 25 25 14 19.5 3 25z" fill={droneColour(vehicle.system_id)} />
        </svg>
        <b>{vehicle.name}</b>
        <LeaseState vehicle={vehicle} />
        <span class="spread" />
        <button class="small look-over" onClick={() => void lookOver(vehicle)} disabled={!usable(vehicle)}>
          {t("ready.open")}
        </button>
      </div>
      <Notice vehicle={vehicle} />
      <UploadUnderWay vehicle={vehicle} />
      <UnderWay vehicle={vehicle} />
      <Groups vehicle={vehicle} />
      <Controls vehicle={vehicle} locked={locked} />
    </section>
  );
}

function Groups({ vehicle }: { vehicle: Vehicle }) {
  const choose = (name: Group) => {
    group.value = name;
    drawer.value = null;
  };
  return (
    <div class="flight-groups">
      <div role="tablist">
        {(Object.keys(GROUPS) as Group[]).map((name) => (
          <button key={name} role="tab" aria-selected={group.value === name} onClick={() => choose(name)}>
            {t(GROUP_WORDS[name])}
          </button>
        ))}
      </div>
      <span class="spread" />
      <button
        class="stop"
        disabled={!flies(vehicle)}
        title={t("flight.abort_hint")}
        onClick={() => wish(vehicle, { command: "abort" })}
      >
        ■ {t("flight.abort")}
      </button>
    </div>
  );
}

/** What others did to it, and what is to be known of the plan on board. */
function Notice({ vehicle }: { vehicle: Vehicle }) {
  const foreign = inLanguage(leaseOf(vehicle)?.foreign);
  const plan = noticeOf(vehicle);
  return (
    <>
      {[foreign, plan].filter(Boolean).map((text) => (
        <p class="flight-warning" role="alert" key={text}>
          <span aria-hidden="true">⚠</span> {text}
        </p>
      ))}
    </>
  );
}

function UploadUnderWay({ vehicle }: { vehicle: Vehicle }) {
  const upload = uploads.value.get(vehicle.system_id);
  if (upload === undefined) return null;
  const { phase, part, item, items } = upload;
  return (
    <p class="flight-now upload" role="status">
      <progress {...(items > 0 ? { value: item / items } : {})} />
      {t("plan.under_way")}
      <span class="dim">
        {named("upload", phase)}
        {phase === "restoring" && part !== "" ? `: ${named("part", part)}` : ""}
        {items > 0 ? ` ${item}/${items}` : ""}
      </span>
      <button class="small" onClick={() => cancelUpload(vehicle)}>
        {t("flight.stop")}
      </button>
    </p>
  );
}

function UnderWay({ vehicle }: { vehicle: Vehicle }) {
  const deed = deeds.value.get(vehicle.system_id);
  if (placing.value !== null) {
    const hint = placing.value === "follow" ? "flight.click_object" : "flight.click";
    return (
      <p class="flight-now">
        {t(hint, { what: t(`flight.${placing.value}`) })}
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
