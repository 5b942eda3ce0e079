/** A short two-tone beep, made here. Browsers let it play only after a first click or key. */

import { signal } from "@preact/signals";

let context: AudioContext | null = null;
export const soundBlocked = signal(true);

export function allowSoundOnFirstGesture(): void {
  const allow = () => {
    context ??= new AudioContext();
    void context.resume().then(() => (soundBlocked.value = context?.state !== "running"));
  };
  window.addEventListener("pointerdown", allow, { once: true });
  window.addEventListener("keydown", allow, { once: true });
}

export function soundAlarm(): void {
  if (context?.state !== "running") return;
  tone(context, 880, 0);
  tone(context, 660, 0.18);
}

function tone(at: AudioContext, pitch_hz: number, delay_s: number): void {
  const start = at.currentTime + delay_s;
  const source = at.createOscillator();
  const loudness = at.createGain();
  source.frequency.value = pitch_hz;
  loudness.gain.setValueAtTime(0.0001, start);
  loudness.gain.exponentialRampToValueAtTime(0.25, start + 0.015);
  loudness.gain.exponentialRampToValueAtTime(0.0001, start + 0.16);
  source.connect(loudness).connect(at.destination);
  source.start(start);
  source.stop(start + 0.18);
}
