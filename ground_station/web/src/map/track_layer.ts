/** What the drones follow right now: a small mark per object, its shape by class. */

import Feature from "ol/Feature";
import { Point } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, RegularShape, Stroke, Style } from "ol/style";
import type { Track } from "../hub/types";
import { CLASS_COLOUR, type ClassGroup, HALO, classGroup } from "./palette";
import { project } from "./project";

const stroke = new Stroke({ color: HALO, width: 1 });
const fill = (group: ClassGroup) => new Fill({ color: CLASS_COLOUR[group] });
const STYLES: Record<ClassGroup, Style> = {
  person: new Style({ image: new Circle({ radius: 3, fill: fill("person"), stroke }) }),
  vehicle: new Style({
    image: new RegularShape({ points: 4, radius: 5, angle: Math.PI / 4, fill: fill("vehicle"), stroke }),
  }),
  animal: new Style({ image: new RegularShape({ points: 3, radius: 5.5, fill: fill("animal"), stroke }) }),
};

export class TrackLayer {
  private readonly source = new VectorSource();
  readonly layer = new VectorLayer({ source: this.source });

  show(tracks: Track[]): void {
    this.source.clear(true);
    this.source.addFeatures(
      tracks.map(({ position, object_class }) => {
        const at = project([position.latitude_deg, position.longitude_deg]);
        const feature = new Feature(new Point(at));
        feature.setStyle(STYLES[classGroup(object_class)]);
        return feature;
      }),
    );
  }
}
