/**
 * The map, on OpenLayers' 2D canvas.
 *
 * Why not MapLibre: police workstations and virtual machines often have no GPU. Measured here with
 * software rendering on two cores (1500 x 1000 px, 760 points, 120 lines, five seconds of a moving
 * map): MapLibre GL 6 drew 12 frames, OpenLayers 10 drew 177. Where WebGL is off altogether
 * MapLibre shows nothing. The canvas also writes Cyrillic and Kazakh letters with the system's
 * fonts, so no glyph files or tiles are fetched: all that is drawn comes from the hub.
 */

import OlMap from "ol/Map";
import OlView from "ol/View";
import { ScaleLine } from "ol/control";
import type { FeatureLike } from "ol/Feature";
import { defaults as defaultInteractions } from "ol/interaction";
import { fromLonLat, toLonLat } from "ol/proj";
import type { LatLon } from "../hub/types";
import { AlertLayer } from "./alert_layer";
import { CameraLayer } from "./camera_layer";
import { DistrictLayer } from "./district_layer";
import { DroneLayer } from "./drone_layer";
import { groundResolution, project } from "./project";
import { Pulses } from "./pulse";
import { TrackLayer } from "./track_layer";

const KYZYLORDA = fromLonLat([65.51, 44.85]);
const CLOSE_UP_MARGIN_PX = 100;
const CLOSEST_RESOLUTION = 0.35;
const FARTHEST_CLOSE_UP = 3;
const MOVE_MS = 350;
const FIT_PADDING_PX = [40, 50, 40, 50];
const HIT_PX = 6;

export interface Picks {
  alert: (id: string) => void;
  vehicle: (systemId: number) => void;
  /** A click while a place is wanted: true where it was taken for that. */
  place: (at: LatLon, metresPerPixel: number) => boolean;
  /** A long press or a right click, and where on the map's element. */
  ask: (at: LatLon, x: number, y: number, metresPerPixel: number) => void;
}

function placeOf(coordinate: number[] | null | undefined): LatLon {
  const [longitude_deg = 0, latitude_deg = 0] = toLonLat(coordinate ?? [0, 0]);
  return [latitude_deg, longitude_deg];
}

export class DistrictMap {
  readonly district = new DistrictLayer();
  readonly cameras = new CameraLayer();
  readonly drones = new DroneLayer();
  readonly tracks = new TrackLayer();
  readonly alerts = new AlertLayer();
  readonly pulses: Pulses;
  private readonly map: OlMap;

  constructor(target: HTMLElement, picks: Picks) {
    this.map = new OlMap({
      target,
      layers: [
        this.district.ground,
        this.cameras.layer,
        this.district.names,
        this.drones.below,
        this.tracks.layer,
        this.alerts.below,
        this.drones.above,
        this.alerts.above,
      ],
      view: new OlView({ center: KYZYLORDA, zoom: 14, minZoom: 9, maxZoom: 20, enableRotation: false }),
      controls: [new ScaleLine({ units: "metric", minWidth: 90 })],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false }),
    });
    this.pulses = new Pulses(this.map);
    this.map.on("click", (event) => {
      const at = placeOf(event.coordinate);
      if (!picks.place(at, this.metresPerPixel(at))) this.pick(event.pixel, picks);
    });
    // On a touch screen the browser makes this of a long press.
    this.map.getViewport()?.addEventListener("contextmenu", (event: MouseEvent) => {
      event.preventDefault();
      const [x, y] = this.map.getEventPixel(event) as [number, number];
      const at = placeOf(this.map.getCoordinateFromPixel([x, y]));
      picks.ask(at, x, y, this.metresPerPixel(at));
    });
    this.map.on("pointermove", (event) => {
      target.style.cursor = !event.dragging && this.picked(event.pixel) ? "pointer" : "";
    });
  }

  dispose(): void {
    this.map.setTarget(undefined);
  }

  fit(): void {
    const extent = this.district.extent();
    if (extent) this.map.getView().fit(extent, { padding: FIT_PADDING_PX, duration: MOVE_MS });
  }

  /** Bring a place to the middle, so near that a circle of `radius_m` around it fills the map. */
  closeUp(at: LatLon, radius_m: number): void {
    const [width = 0, height = 0] = this.map.getSize() ?? [];
    const half_px = Math.max(100, Math.min(width, height) / 2 - CLOSE_UP_MARGIN_PX);
    const wanted = radius_m / half_px / groundResolution(1, at[0]);
    const resolution = Math.max(CLOSEST_RESOLUTION, Math.min(FARTHEST_CLOSE_UP, wanted));
    this.map.getView().animate({ center: project(at), resolution, duration: MOVE_MS });
  }

  /** Keep a moving drone in the middle. */
  centre(at: LatLon): void {
    this.map.getView().setCenter(project(at));
  }

  zoomBy(levels: number): void {
    const view = this.map.getView();
    view.animate({ zoom: (view.getZoom() ?? 14) + levels, duration: 200 });
  }

  private metresPerPixel([latitude_deg]: LatLon): number {
    return groundResolution(this.map.getView().getResolution() ?? 1, latitude_deg);
  }

  private pick(pixel: number[], picks: Picks): void {
    const feature = this.picked(pixel);
    const alertId = feature?.get("alert_id") as string | undefined;
    const systemId = feature?.get("system_id") as number | undefined;
    if (alertId !== undefined) picks.alert(alertId);
    else if (systemId !== undefined) picks.vehicle(systemId);
  }

  private picked(pixel: number[]): FeatureLike | undefined {
    return this.map.forEachFeatureAtPixel(pixel, (feature) => feature, {
      layerFilter: (layer) => layer === this.alerts.above || layer === this.drones.above,
      hitTolerance: HIT_PX,
    });
  }
}
