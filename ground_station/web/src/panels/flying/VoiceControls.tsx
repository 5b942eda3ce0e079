/** The drone's light and loudspeaker, with what each says of itself. */

import { signal } from "@preact/signals";
import { type Key, language_words, percent, t } from "../../language";
import type { Payload } from "../../hub/types";
import { wish } from "../../state/flying";
import { language } from "../../state/operator";
import { type Controlled, Drawer, Opens, Sure, drawer, usable } from "./controls";

const PHRASES: Key[] = ["phrase.disperse", "phrase.leave", "phrase.help", "phrase.recorded"];
const BRIGHTNESSES = [0.25, 0.5, 1];
const LONGEST = 400;

const typed = signal("");

export function VoiceControls({ vehicle, locked }: Controlled) {
  const payload = vehicle.payload ?? null;
  const free = usable(vehicle) && !locked;
  const lamp = free && payload?.light !== false;
  const voice = free && payload?.loudspeaker !== false;
  const lit = payload?.light_on === true;
  return (
    <>
      <Brightness vehicle={vehicle} locked={!lamp} />
      <Phrases vehicle={vehicle} locked={!voice} />
      <OwnWords vehicle={vehicle} locked={!voice} />
      <div class="flight-buttons">
        <button
          class={lit ? "running" : ""}
          disabled={!lamp}
          aria-pressed={lit}
          onClick={() => wish(vehicle, { command: "light", on: !lit })}
        >
          <i class={lit ? "dot lit" : "dot"} aria-hidden="true" />
          {t(lit ? "flight.light_off" : "flight.light")}
        </button>
        <Opens name="brightness" disabled={!lamp}>
          {t("flight.brightness")}
        </Opens>
        <Opens name="speak" disabled={!voice}>
          {t("flight.speak")}
        </Opens>
        <Opens name="own words" disabled={!voice}>
          {t("flight.own_words")}
        </Opens>
        <button disabled={!voice} onClick={() => wish(vehicle, { command: "silence" })}>
          {t("flight.silence")}
        </button>
      </div>
      <p class="flight-state dim">{stateWords(payload)}</p>
    </>
  );
}

function stateWords(payload: Payload | null): string {
  if (payload === null) return "";
  return `${lightWords(payload)} · ${voiceWords(payload)}`;
}

function lightWords({ light, light_on, light_brightness }: Payload): string {
  if (!light) return t("light.none");
  if (light_on === null) return t("light.unknown");
  if (!light_on) return t("light.dark");
  return light_brightness === null ? t("light.lit") : t("light.lit_at", { share: percent(light_brightness) });
}

function voiceWords({ loudspeaker, speaking }: Payload): string {
  if (!loudspeaker) return t("voice.none");
  return speaking === "" ? t("voice.silent") : t("voice.speaks", { text: speaking });
}

function Brightness({ vehicle, locked }: Controlled) {
  const now = vehicle.payload?.light_brightness ?? null;
  return (
    <Drawer name="brightness" label={t("flight.brightness")}>
      {BRIGHTNESSES.map((brightness) => (
        <button
          key={brightness}
          disabled={locked}
          aria-pressed={now !== null && Math.abs(now - brightness) < 0.03}
          onClick={() => wish(vehicle, { command: "light", on: true, brightness })}
        >
          {percent(brightness)}
        </button>
      ))}
    </Drawer>
  );
}

function Phrases({ vehicle, locked }: Controlled) {
  return (
    <Drawer name="speak" label={t("flight.speak_now")}>
      {PHRASES.map((phrase) => (
        <Sure
          key={phrase}
          of={`${vehicle.system_id} ${phrase}`}
          question={t("flight.confirm_say")}
          disabled={locked}
          act={() => {
            drawer.value = null;
            wish(vehicle, { command: "say", text: language_words(phrase), language: language.value });
          }}
        >
          {t(phrase)}
        </Sure>
      ))}
    </Drawer>
  );
}

function OwnWords({ vehicle, locked }: Controlled) {
  const say = (event: Event) => {
    event.preventDefault();
    const text = typed.value.trim();
    if (text === "" || locked) return;
    drawer.value = null;
    typed.value = "";
    wish(vehicle, { command: "say", text, language: language.value });
  };
  return (
    <Drawer name="own words" label={t("flight.own_words")}>
      <form class="own-words" onSubmit={say}>
        <input
          autoFocus
          required
          maxLength={LONGEST}
          placeholder={t("flight.own_words_hint")}
          value={typed.value}
          onInput={(event) => (typed.value = event.currentTarget.value)}
        />
        <button type="submit" class="main" disabled={locked}>
          {t("flight.say_aloud")}
        </button>
      </form>
    </Drawer>
  );
}
