/** Which layers the map shows, what their marks mean, and the map's own buttons. */

import type { ComponentChild } from "preact";
import { signal } from "@preact/signals";
import { named, t } from "../language";
import { CAMERA_COLOUR, CLASS_COLOUR } from "../map/palette";
import { fitAsked, zoomAsked } from "../state/actions";
import { cameras, type MapLayerName, shownLayers } from "../state/store";

const open = signal(window.innerWidth >= 1600);

export function MapKey() {
  return (
    <>
      <div class="map-buttons">
        <button onClick={() => (zoomAsked.value += 1)} aria-label={t("zoom.in")} title={t("zoom.in")}>+</button>
        <button onClick={() => (zoomAsked.value -= 1)} aria-label={t("zoom.out")} title={t("zoom.out")}>−</button>
        <button onClick={() => (fitAsked.value += 1)} aria-label={t("layers.fit")} title={`${t("layers.fit")} (F)`}>
          <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.8" aria-hidden="true">
            <path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" />
          </svg>
        </button>
      </div>
      <section class="map-key">
        <button class="fold" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
          {t("layers.heading")} <span aria-hidden="true">{open.value ? "▾" : "▸"}</span>
        </button>
        {open.value ? <Layers /> : null}
      </section>
    </>
  );
}

function Layers() {
  return (
    <div class="layers">
      <Layer name="camera" words={counted("camera")} sign={<circle cx="9" cy="9" r="4" fill={CAMERA_COLOUR.camera} />} />
      <Layer name="speed_camera" words={counted("speed_camera")} sign={<rect x="4.5" y="4.5" width="9" height="9" fill={CAMERA_COLOUR.speed_camera} />} />
      <Layer name="roadside_complex" words={counted("roadside_complex")} sign={<path d="M9 2 16 15H2z" fill={CAMERA_COLOUR.roadside_complex} />} />
      <Layer name="footprints" words={t("layers.footprints")} sign={<path d="M3 14 6 4h8l2 10z" fill="#38d6ff33" stroke="#38d6ff" />} />
      <Layer name="planned" words={t("layers.planned")} sign={<path d="M1 13 17 5" stroke="#38d6ff" stroke-width="2" stroke-dasharray="3 3" />} />
      <Layer name="flown" words={t("layers.flown")} sign={<path d="M1 13 17 5" stroke="#38d6ff" stroke-width="2" />} />
      <Layer name="tracks" words={t("layers.tracks")} sign={<circle cx="9" cy="9" r="3" fill={CLASS_COLOUR.person} />} />
      <p class="classes">
        <Sign><circle cx="9" cy="9" r="3" fill={CLASS_COLOUR.person} /></Sign> {t("layers.person")}
        <Sign><rect x="5" y="5" width="8" height="8" fill={CLASS_COLOUR.vehicle} /></Sign> {t("layers.vehicle")}
        <Sign><path d="M9 4 14 13H4z" fill={CLASS_COLOUR.animal} /></Sign> {t("layers.animal")}
      </p>
      <Layer name="names" words={t("layers.names")} sign={<text x="9" y="14" text-anchor="middle" font-size="14" fill="#b8c4d4">Aa</text>} />
    </div>
  );
}

function Layer({ name, words, sign }: { name: MapLayerName; words: string; sign: ComponentChild }) {
  const toggle = () => {
    shownLayers.value = { ...shownLayers.value, [name]: !shownLayers.value[name] };
  };
  return (
    <label>
      <input type="checkbox" checked={shownLayers.value[name]} onChange={toggle} />
      <Sign>{sign}</Sign>
      {words}
    </label>
  );
}

function Sign({ children }: { children: ComponentChild }) {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" fill="none" aria-hidden="true">
      {children}
    </svg>
  );
}

function counted(kind: keyof typeof CAMERA_COLOUR): string {
  const all = cameras.value?.features.filter((feature) => feature.properties["kind"] === kind);
  return all ? `${named("camera", kind)} · ${all.length}` : named("camera", kind);
}
