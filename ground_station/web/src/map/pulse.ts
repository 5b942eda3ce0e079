/** A pulsing ring on each unseen alert. CSS moves it, so that the canvas need not be redrawn. */

import type OlMap from "ol/Map";
import Overlay from "ol/Overlay";
import type { Alert } from "../hub/types";
import { project } from "./project";

// Beyond this many at once, movement tells nothing more and only costs.
const PULSES_AT_MOST = 12;

export class Pulses {
  private readonly shown = new Map<string, Overlay>();

  constructor(private readonly map: OlMap) {}

  show(alerts: Alert[]): void {
    const wanted = alerts.filter((alert) => alert.state === "new").slice(0, PULSES_AT_MOST);
    const ids = new Set(wanted.map((alert) => alert.id));
    for (const [id, overlay] of this.shown) {
      if (ids.has(id)) continue;
      this.map.removeOverlay(overlay);
      this.shown.delete(id);
    }
    for (const alert of wanted) this.place(alert);
  }

  private place(alert: Alert): void {
    let overlay = this.shown.get(alert.id);
    if (!overlay) {
      const element = document.createElement("div");
      element.setAttribute("aria-hidden", "true");
      overlay = new Overlay({ element, positioning: "center-center", stopEvent: false });
      this.shown.set(alert.id, overlay);
      this.map.addOverlay(overlay);
    }
    const element = overlay.getElement();
    if (element) element.className = `pulse pulse-${alert.severity}`;
    overlay.setPosition(project([alert.latitude_deg, alert.longitude_deg]));
  }
}
