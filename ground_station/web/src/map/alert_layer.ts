/** Alerts, the chosen alert's error ellipse, and the lines from the cameras that can see it. */

import Feature from "ol/Feature";
import { LineString, Point, Polygon } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Icon, Stroke, Style, Text } from "ol/style";
import type { Alert, LatLon, SeeingCamera, Severity } from "../hub/types";
import { degrees, metres } from "../language";
import { markSvg } from "./severity_mark";
import { ellipseRing } from "./geometry";
import { HALO, SEVERITY_COLOUR, faded } from "./palette";
import { project, projectAll } from "./project";

const SIGHT = "#e8f1ff";
const icons = new Map<string, Icon>();

export class AlertLayer {
  private readonly sight = new VectorSource();
  private readonly marks = new VectorSource();
  readonly below = new VectorLayer({ source: this.sight });
  readonly above = new VectorLayer({ source: this.marks });

  show(alerts: Alert[], selected: Alert | null): void {
    this.marks.clear(true);
    // The most urgent is drawn last, so that it lies on top.
    this.marks.addFeatures([...alerts].reverse().map((alert) => mark(alert, alert === selected)));
    this.sight.clear(true);
    this.sight.addFeatures([
      ...alerts.filter((alert) => alert.state !== "closed").map((alert) => ellipse(alert, alert === selected)),
      ...(selected?.cameras ?? []).flatMap((camera, index) => sightLine(camera, index, selected as Alert)),
    ]);
  }
}

function place(alert: Alert): LatLon {
  return [alert.latitude_deg, alert.longitude_deg];
}

function mark(alert: Alert, chosen: boolean): Feature {
  const feature = new Feature({ geometry: new Point(project(place(alert))), alert_id: alert.id });
  const styles = [new Style({ image: icon(alert.severity, alert.state === "new"), zIndex: chosen ? 2 : 1 })];
  if (chosen) {
    styles.push(
      new Style({
        image: new Circle({ radius: 19, stroke: new Stroke({ color: SIGHT, width: 2 }) }),
        zIndex: 2,
      }),
    );
  }
  feature.setStyle(styles);
  return feature;
}

function icon(severity: Severity, fresh: boolean): Icon {
  const key = `${severity} ${fresh}`;
  let made = icons.get(key);
  if (!made) {
    const picture = encodeURIComponent(markSvg(severity, fresh, 28));
    made = new Icon({ src: `data:image/svg+xml,${picture}` });
    icons.set(key, made);
  }
  return made;
}

function ellipse(alert: Alert, chosen: boolean): Feature {
  const feature = new Feature(new Polygon([projectAll(ellipseRing(place(alert), alert.ellipse))]));
  const colour = SEVERITY_COLOUR[alert.severity];
  feature.setStyle(
    new Style({
      fill: new Fill({ color: faded(colour, chosen ? 0.25 : 0.12) }),
      stroke: new Stroke({ color: faded(colour, chosen ? 1 : 0.5), width: chosen ? 1.8 : 1 }),
    }),
  );
  return feature;
}

/**
 * A camera that can see the alert, with the number that it has in the alert's list of cameras.
 *
 * Its distance and bearing stand on the side away from the alert, so that near ones keep apart.
 */
function sightLine(camera: SeeingCamera, index: number, alert: Alert): Feature[] {
  const from = project([camera.latitude_deg, camera.longitude_deg]);
  const line = new Feature(new LineString([from, project(place(alert))]));
  line.setStyle(
    new Style({ stroke: new Stroke({ color: faded(SIGHT, 0.8), width: 1.5, lineDash: [2, 4] }) }),
  );
  const end = new Feature(new Point(from));
  end.setStyle([
    new Style({
      image: new Circle({
        radius: 10,
        fill: new Fill({ color: HALO }),
        stroke: new Stroke({ color: SIGHT, width: 2 }),
      }),
      text: new Text({
        text: String(index + 1),
        font: "700 13px system-ui, sans-serif",
        offsetY: 1,
        fill: new Fill({ color: SIGHT }),
      }),
      zIndex: 3,
    }),
    new Style({
      text: new Text({
        text: `${metres(camera.distance_m)} · ${degrees(camera.bearing_rad)}`,
        font: "13px system-ui, sans-serif",
        offsetX: -64 * Math.sin(camera.bearing_rad),
        offsetY: 26 * Math.cos(camera.bearing_rad),
        fill: new Fill({ color: SIGHT }),
        backgroundFill: new Fill({ color: "rgba(11,16,23,0.78)" }),
        padding: [2, 4, 1, 4],
      }),
      zIndex: 2,
    }),
  ]);
  return [line, end];
}
