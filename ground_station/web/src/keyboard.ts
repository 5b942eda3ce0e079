/** One-key commands, by the key's place, so that they work with a Cyrillic layout too. */

import {
  acknowledge,
  askForIncident,
  choose,
  chooseNext,
  closeUpAsked,
  dialog,
  fitAsked,
} from "./state/actions";
import { muted } from "./state/operator";
import { selectedAlert } from "./state/store";

const COMMANDS: Record<string, () => void> = {
  KeyJ: () => chooseNext(1),
  KeyK: () => chooseNext(-1),
  KeyA: () => {
    if (selectedAlert.value) acknowledge(selectedAlert.value);
  },
  KeyI: () => askForIncident(selectedAlert.value),
  KeyM: () => (closeUpAsked.value += 1),
  KeyF: () => (fitAsked.value += 1),
  KeyS: () => (muted.value = !muted.value),
  Escape: () => choose(null),
  "?": () => (dialog.value = "help"),
};

export function listenToKeys(): void {
  window.addEventListener("keydown", (event) => {
    if (dialog.value !== null || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    // On a Russian layout "?" is Shift+7, so the key of the Latin one counts as well.
    const help = event.key === "?" || (event.code === "Slash" && event.shiftKey);
    const command = COMMANDS[help ? "?" : event.code];
    if (!command) return;
    event.preventDefault();
    command();
  });
}
