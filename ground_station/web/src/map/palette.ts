/** Colours of the night map: dim ground, clear traffic of the moment. */

import type { Severity } from "../hub/types";

export const SEVERITY_COLOUR: Record<Severity, string> = {
  alarm: "#ff5d5d",
  warning: "#ffb02e",
  notice: "#6ea8ff",
};

// Told apart in hue and lightness, and away from the colours of severity.
const DRONE_COLOURS = ["#38d6ff", "#a6e22e", "#c49bff", "#ff8fd0", "#f0dfa0"];

export function droneColour(systemId: number): string {
  return DRONE_COLOURS[(systemId - 1) % DRONE_COLOURS.length] ?? "#38d6ff";
}

export type ClassGroup = "person" | "vehicle" | "animal";

const VEHICLES = new Set(["car", "truck", "bus", "motorcycle", "bicycle", "boat"]);
const ANIMALS = new Set(["cattle", "horse", "sheep", "dog"]);

export function classGroup(objectClass: string): ClassGroup {
  if (VEHICLES.has(objectClass)) return "vehicle";
  return ANIMALS.has(objectClass) ? "animal" : "person";
}

export const CLASS_COLOUR: Record<ClassGroup, string> = {
  person: "#ffe9c7",
  vehicle: "#8fd3ff",
  animal: "#d9a066",
};

export const CAMERA_COLOUR = {
  camera: "#7f93ad",
  speed_camera: "#58b8a8",
  roadside_complex: "#d7b3ff",
} as const;

export const INK = "#d9e2ec";
export const HALO = "#0b1017";

export function faded(colour: string, alpha: number): string {
  return colour + Math.round(alpha * 255).toString(16).padStart(2, "0");
}
