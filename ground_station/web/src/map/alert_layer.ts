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
import { boxAround, type LabelPlace, placeLabels, spreadMarks } from "./label_places";
import { perResolution, pixel, textWidth } from "./lettering";
import { HALO, SEVERITY_COLOUR, faded } from "./palette";
import { project, projectAll } from "./project";

const SIGHT = "#e8f1ff";
const WORDS_FONT = "13px system-ui, sans-serif";
const NUMBER_PX = 10;
const CHOSEN_PX = 19;
/** Farther out the numbers alone stand on the map; the list beside it has the words. */
const WORDS_BELOW_RESOLUTION = 4;
const icons = new Map<string, Icon>();

export class AlertLayer {
  private readonly sight = new VectorSource();
  private readonly marks = new VectorSource();
  readonly below = new VectorLayer({ source: this.sight, declutter: true });
  readonly above = new VectorLayer({ source: this.marks, declutter: true });

  show(alerts: Alert[], selected: Alert | null): void {
    this.marks.clear(true);
    // The most urgent is drawn last, so that it lies on top.
    this.marks.addFeatures([...alerts].reverse().map((alert) => mark(alert, alert === selected)));
    this.sight.clear(true);
    this.sight.addFeatures([
      ...alerts.filter((alert) => alert.state !== "closed").map((alert) => ellipse(alert, alert === selected)),
      ...(selected ? sightLines(selected) : []),
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
        image: new Circle({ radius: CHOSEN_PX, stroke: new Stroke({ color: SIGHT, width: 2 }), declutterMode: "none" }),
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
    made = new Icon({ src: `data:image/svg+xml,${picture}`, declutterMode: "obstacle" });
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

/** The lines from the cameras that can see the alert, and each camera's number at its end. */
function sightLines(alert: Alert): Feature[] {
  const layout = perResolution((resolution) => sightLayout(alert, resolution));
  return alert.cameras.flatMap((camera, index) => sightLine(camera, index, alert, layout));
}

interface SightLayout {
  steps: [number, number][];
  words: LabelPlace[];
  /** From so far out that the numbers would hide the alert itself. */
  crowded: boolean;
}

/** Cameras on one post step apart; their words keep off all marks. */
function sightLayout(alert: Alert, resolution: number): SightLayout {
  const points = alert.cameras.map(({ latitude_deg, longitude_deg }) => pixel([latitude_deg, longitude_deg], resolution));
  const [middle_x, middle_y] = pixel(place(alert), resolution);
  const steps = spreadMarks([[middle_x, middle_y], ...points], 2 * NUMBER_PX + 2).slice(1);
  const ends = points.map(([x, y], index): [number, number] => [x + (steps[index]?.[0] ?? 0), y + (steps[index]?.[1] ?? 0)]);
  const taken = [
    boxAround(middle_x, middle_y, CHOSEN_PX),
    ...ends.map(([x, y]) => boxAround(x, y, NUMBER_PX)),
  ];
  const labels = ends.map(([x, y], index) => ({
    x,
    y,
    width: textWidth(sightWords(alert.cameras[index] as SeeingCamera), WORDS_FONT) + 8,
    height: 19,
    gap: NUMBER_PX + 3,
  }));
  const crowded = points.every(([x, y]) => Math.hypot(x - middle_x, y - middle_y) < CHOSEN_PX + NUMBER_PX);
  return { steps, words: placeLabels(labels, taken), crowded };
}

function sightWords(camera: SeeingCamera): string {
  return `${metres(camera.distance_m)} · ${degrees(camera.bearing_rad)}`;
}

/** A camera that can see the alert, with the number that it has in the alert's list of cameras. */
function sightLine(
  camera: SeeingCamera,
  index: number,
  alert: Alert,
  layout: (resolution: number) => SightLayout,
): Feature[] {
  const from = project([camera.latitude_deg, camera.longitude_deg]);
  const line = new Feature(new LineString([from, project(place(alert))]));
  line.setStyle(
    new Style({ stroke: new Stroke({ color: faded(SIGHT, 0.8), width: 1.5, lineDash: [2, 4] }) }),
  );
  const end = new Feature(new Point(from));
  end.setStyle((_, resolution) => {
    const { steps, words, crowded } = layout(resolution);
    if (crowded) return [];
    const [right, down] = steps[index] ?? [0, 0];
    const beside = words[index];
    const number = numberStyle(index, right, down);
    return beside && beside.hidden === 0 && resolution < WORDS_BELOW_RESOLUTION
      ? [number, wordsStyle(camera, right + beside.dx, down + beside.dy)]
      : number;
  });
  return [line, end];
}

function numberStyle(index: number, right: number, down: number): Style {
  return new Style({
    image: new Circle({
      radius: NUMBER_PX,
      fill: new Fill({ color: HALO }),
      stroke: new Stroke({ color: SIGHT, width: 2 }),
      displacement: [right, -down],
      declutterMode: "obstacle",
    }),
    text: new Text({
      text: String(index + 1),
      font: "700 13px system-ui, sans-serif",
      offsetX: right,
      offsetY: down + 1,
      fill: new Fill({ color: SIGHT }),
      declutterMode: "obstacle",
    }),
    zIndex: 3,
  });
}

function wordsStyle(camera: SeeingCamera, right: number, down: number): Style {
  return new Style({
    text: new Text({
      text: sightWords(camera),
      font: WORDS_FONT,
      offsetX: right,
      offsetY: down,
      fill: new Fill({ color: SIGHT }),
      backgroundFill: new Fill({ color: "rgba(11,16,23,0.78)" }),
      padding: [2, 4, 1, 4],
      declutterMode: "obstacle",
    }),
    zIndex: 2,
  });
}
