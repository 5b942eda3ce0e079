/** A camera's name in the page's language: an alert names its cameras in one language only. */

import { computed } from "@preact/signals";
import type { SeeingCamera, Words } from "../hub/types";
import { inLanguage } from "../language";
import { cameras } from "./store";

const names = computed(
  () =>
    new Map(
      cameras.value?.features.map(({ properties }) => [
        String(properties["id"]),
        properties["name"] as Words | string,
      ]),
    ),
);

export function cameraName(camera: SeeingCamera): string {
  return inLanguage(names.value.get(camera.id) ?? camera.name);
}
