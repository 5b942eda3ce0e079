/** Where a drone looks and what its camera does, with what the camera says of itself. */

import { signal } from "@preact/signals";
import type { Payload, Vehicle, Wish } from "../../hub/types";
import { percent, t } from "../../language";
import { placing, wish } from "../../state/flying";
import { type Controlled, Drawer, Opens, drawer, flies, usable } from "./controls";

const PITCHES_DEG = [0, -30, -45, -60, -90];
const TURN_DEG = 15;
const ZOOMS = [0, 0.25, 0.5, 0.75, 1];
const INTERVALS_S = [1, 2, 5, 10, 30];
const SAME_DEG = 6;

/** Yaw asked for last, degrees from the nose, by drone. */
const yaw_deg = signal<ReadonlyMap<number, number>>(new Map());

export function CameraControls({ vehicle, locked }: Controlled) {
  const payload = vehicle.payload ?? null;
  const free = usable(vehicle) && !locked;
  const camera = free && payload?.camera !== false;
  const gimbal = free && payload?.gimbal !== false;
  const ask = (asked: Wish) => () => wish(vehicle, asked);
  const looking = placing.value === "look_at";
  return (
    <>
      <GimbalDrawer vehicle={vehicle} locked={!gimbal} />
      <ZoomDrawer vehicle={vehicle} locked={!camera} />
      <SeriesDrawer vehicle={vehicle} locked={!camera} />
      <div class="flight-buttons">
        <button
          disabled={!flies(vehicle) || locked}
          aria-pressed={looking}
          onClick={() => (placing.value = looking ? null : "look_at")}
        >
          {t("flight.look_at")}
        </button>
        <button disabled={!flies(vehicle) || locked} onClick={ask({ command: "look_away" })}>
          {t("flight.look_away")}
        </button>
        <Opens name="gimbal" disabled={!gimbal}>
          {t("flight.gimbal_aim")}
        </Opens>
        <Opens name="zoom" disabled={!camera}>
          {t("flight.zoom")}
        </Opens>
        <button disabled={!camera} onClick={ask({ command: "photo" })}>
          {t("flight.photo")}
        </button>
        <Series vehicle={vehicle} payload={payload} disabled={!camera} />
        <button
          class={payload?.recording ? "running" : ""}
          disabled={!camera}
          aria-pressed={payload?.recording === true}
          onClick={ask({ command: payload?.recording ? "video_stop" : "video_start" })}
        >
          {payload?.recording ? <i class="dot recording" aria-hidden="true" /> : null}
          {t(payload?.recording ? "flight.video_stop" : "flight.video_start")}
        </button>
      </div>
      <p class="flight-state dim">{cameraWords(payload)}</p>
    </>
  );
}

function cameraWords(payload: Payload | null): string {
  if (payload === null) return "";
  if (!payload.camera) return t("camera.silent");
  const pitch = payload.gimbal_pitch_rad;
  return [
    pitch === null ? t("camera.no_gimbal") : t("camera.pitch", { degrees: Math.round(degreesOf(pitch)) }),
    payload.zoom_share === null ? "" : t("camera.zoom", { share: percent(payload.zoom_share) }),
    payload.pictures === null ? "" : t("camera.pictures", { count: payload.pictures }),
    payload.free_mib === null ? "" : t("camera.free", { gigabytes: (payload.free_mib / 1024).toFixed(1) }),
  ]
    .filter(Boolean)
    .join(" · ");
}

function Series({ vehicle, payload, disabled }: { vehicle: Vehicle; payload: Payload | null; disabled: boolean }) {
  if (!payload?.taking_series) {
    return (
      <Opens name="series" disabled={disabled}>
        {t("flight.photo_interval")}
      </Opens>
    );
  }
  return (
    <button class="running" aria-pressed disabled={disabled} onClick={() => wish(vehicle, { command: "photo_stop" })}>
      <i class="dot recording" aria-hidden="true" />
      {t("flight.photo_stop")}
    </button>
  );
}

function GimbalDrawer({ vehicle, locked }: Controlled) {
  const yaw = yaw_deg.value.get(vehicle.system_id) ?? 0;
  const pitch = vehicle.payload?.gimbal_pitch_rad ?? 0;
  const aim = (pitch_deg: number, to_deg: number) => {
    yaw_deg.value = new Map(yaw_deg.value).set(vehicle.system_id, to_deg);
    wish(vehicle, { command: "gimbal_aim", pitch_rad: radiansOf(pitch_deg), yaw_rad: radiansOf(to_deg) });
  };
  return (
    <Drawer name="gimbal" label={t("flight.gimbal_aim")}>
      {PITCHES_DEG.map((angle) => (
        <button
          key={angle}
          disabled={locked}
          aria-pressed={Math.abs(degreesOf(pitch) - angle) < SAME_DEG}
          onClick={() => aim(angle, yaw)}
        >
          {angle === 0 ? t("flight.horizon") : angle === -90 ? t("flight.straight_down") : `${-angle}° ↓`}
        </button>
      ))}
      {[-TURN_DEG, TURN_DEG].map((by) => (
        <button key={by} disabled={locked} onClick={() => aim(Math.round(degreesOf(pitch)), yaw + by)}>
          {by < 0 ? `← ${TURN_DEG}°` : `${TURN_DEG}° →`}
        </button>
      ))}
      <button
        disabled={locked || vehicle.payload?.gimbal_held_by_us === false}
        onClick={() => wish(vehicle, { command: "gimbal_release" })}
      >
        {t("flight.gimbal_release")}
      </button>
    </Drawer>
  );
}

function ZoomDrawer({ vehicle, locked }: Controlled) {
  const now = vehicle.payload?.zoom_share ?? null;
  return (
    <Drawer name="zoom" label={t("flight.zoom")}>
      {ZOOMS.map((share) => (
        <button
          key={share}
          disabled={locked}
          aria-pressed={now !== null && Math.abs(now - share) < 0.05}
          onClick={() => wish(vehicle, { command: "zoom", share })}
        >
          {percent(share)}
        </button>
      ))}
    </Drawer>
  );
}

function SeriesDrawer({ vehicle, locked }: Controlled) {
  return (
    <Drawer name="series" label={t("flight.every")}>
      {INTERVALS_S.map((interval_s) => (
        <button
          key={interval_s}
          disabled={locked}
          onClick={() => {
            drawer.value = null;
            wish(vehicle, { command: "photo_interval", interval_s });
          }}
        >
          {interval_s} {t("unit.second")}
        </button>
      ))}
    </Drawer>
  );
}

function degreesOf(angle_rad: number): number {
  return (angle_rad * 180) / Math.PI;
}

function radiansOf(angle_deg: number): number {
  return (angle_deg * Math.PI) / 180;
}
