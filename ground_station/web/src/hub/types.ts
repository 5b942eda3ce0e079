/** What the hub says, as it says it. Degrees for latitude and longitude, radians otherwise; UTC. */

export type Language = "kk" | "ru" | "en";
export type Words = Record<Language, string>;
export type LatLon = [latitude_deg: number, longitude_deg: number];
export type Severity = "notice" | "warning" | "alarm";
export type AlertState = "new" | "acknowledged" | "in_incident" | "closed";
export type VehicleCommand = "start" | "hold" | "resume" | "return" | "land";
export type CameraKind = "camera" | "speed_camera" | "roadside_complex";

export interface Vehicle {
  system_id: number;
  drone_id: string;
  name: string;
  linked: boolean;
  mode: string | null;
  armed: boolean | null;
  landed: boolean | null;
  latitude_deg: number | null;
  longitude_deg: number | null;
  height_amsl_m: number | null;
  height_above_home_m: number | null;
  heading_rad: number | null;
  ground_speed_m_s: number | null;
  battery_remaining: number | null;
  mission_current: number | null;
  mission_total: number | null;
  mission_hash: number | null;
  plan_proven: boolean;
  last_heard_s_ago: number | null;
  home: { latitude_deg: number; longitude_deg: number; height_amsl_m: number } | null;
  /** What the operator should know of the plan on board; empty where there is nothing. */
  plan_notice?: string;
  payload?: Payload | null;
}

/** Gimbal, camera, light and loudspeaker as they last said themselves; null where they did not. */
export interface Payload {
  gimbal: boolean;
  gimbal_pitch_rad: number | null;
  gimbal_held_by_us: boolean;
  camera: boolean;
  recording: boolean | null;
  taking_series: boolean | null;
  pictures: number | null;
  zoom_share: number | null;
  free_mib: number | null;
  light: boolean;
  light_on: boolean | null;
  light_brightness: number | null;
  loudspeaker: boolean;
  speaking: string;
}

export type UploadPhase =
  | "reading"
  | "fence"
  | "rally"
  | "mission"
  | "verdict"
  | "settling"
  | "restoring"
  | "ended";

/** A plan on its way to a drone; `outcome` comes with the phase `ended`. */
export interface Upload {
  system_id: number;
  phase: UploadPhase;
  part: string;
  item: number;
  items: number;
  outcome: string;
  reason: string;
}

/** The plan on board is not what it was, and this hub did not change it. */
export interface PlanChanged {
  system_id: number;
  parts: string[];
  who: string;
  notice: string;
}

/** Where a drone's camera is and the ring of ground that it sees. */
export interface View {
  drone_id: string;
  latitude_deg: number;
  longitude_deg: number;
  height_above_ground_m: number;
  optical_axis_bearing_rad: number;
  footprint: LatLon[];
}

export interface Ellipse {
  semi_major_m: number;
  semi_minor_m: number;
  orientation_rad: number;
  probability: number;
}

export interface Track {
  track_id: number;
  object_class: string;
  confidence: number;
  position: { latitude_deg: number; longitude_deg: number; ellipse: Ellipse };
  velocity_north_m_s: number;
  velocity_east_m_s: number;
}

export interface Tracks {
  drone_id: string;
  tracks: Track[];
}

export interface PixelBox {
  left_px: number;
  top_px: number;
  width_px: number;
  height_px: number;
  object_class: string;
  confidence: number;
}

export interface Picture {
  sha256: string;
  width_px: number;
  height_px: number;
  boxes: PixelBox[];
  /** Whether the bytes have arrived; an event may overtake its picture. */
  stored?: boolean;
}

export interface SeeingCamera {
  id: string;
  name: Words | string;
  kind: CameraKind;
  distance_m: number;
  bearing_rad: number;
  latitude_deg: number;
  longitude_deg: number;
}

export interface Deed {
  at: string;
  who: string;
  action: string;
}

export interface Alert {
  id: string;
  kind: string;
  severity: Severity;
  state: AlertState;
  certainty: number;
  latitude_deg: number;
  longitude_deg: number;
  ellipse: Ellipse;
  place: Words | null;
  /** False where `place` is only the nearest named one. */
  place_inside?: boolean;
  title: Words;
  explanation: Words;
  object_class: string;
  object_count: number;
  drone_id: string;
  event_ids: string[];
  picture: Picture | null;
  cameras: SeeingCamera[];
  began_at: string;
  captured_at: string;
  created_at: string;
  incident_id: string | null;
  history: Deed[];
}

export interface Incident {
  id: string;
  state: "open" | "closed";
  severity: Severity;
  title: Words;
  place: Words | null;
  alert_ids: string[];
  note: string;
  notes: { at: string; who: string; text: string }[];
  opened_by: string;
  opened_at: string;
  closed_by: string | null;
  closed_at: string | null;
}

export interface TrafficEvent {
  id: string;
  kind: string;
  state: "reported" | "confirmed" | "ended";
  place: Words | null;
  road_name: Words | null;
  latitude_deg: number;
  longitude_deg: number;
  alert_id: string;
  began_at: string;
  updated_at: string;
}

export interface GeoFeature {
  type: "Feature";
  geometry: { type: string; coordinates: unknown };
  properties: Record<string, unknown>;
}

export interface GeoFeatures {
  type: "FeatureCollection";
  features: GeoFeature[];
  qyran?: { name?: string; names?: Words; invented?: boolean; seed?: number };
}

/** Who may command a vehicle. */
export interface Lease {
  system_id: number;
  holder: string | null;
  since: string | null;
  asked_by: string | null;
  asked_why: string;
  takeable: boolean;
  foreign: Words | null;
  foreign_at: string | null;
}
export type LeaseStep = "take" | "ask" | "grant" | "refuse" | "release";

/** What is asked of a vehicle; the hub knows more than the page asks for. */
export type Wish =
  | { command: "divert" | "look_at"; latitude_deg: number; longitude_deg: number }
  | { command: "orbit"; latitude_deg: number; longitude_deg: number; radius_m: number }
  | { command: "look_away" | "abort" | "silence" | "gimbal_release" }
  | { command: "photo" | "photo_stop" | "video_start" | "video_stop" }
  | { command: "take_off" | "height"; height_above_home_m: number }
  | { command: "start"; at_item: number }
  | { command: "jump"; to_item: number }
  | { command: "follow"; drone_id: string; track_id: number }
  | { command: "speed"; speed_m_s: number }
  | { command: "gimbal_aim"; pitch_rad: number; yaw_rad: number }
  | { command: "photo_interval"; interval_s: number }
  | { command: "zoom"; share: number }
  | { command: "light"; on: boolean; brightness?: number }
  | { command: "say"; text: string; language: Language };

export interface Outcome {
  outcome: "done" | "refused" | "failed" | "cancelled";
  reason: string;
  words?: Words | null;
}

/** A command on its way. */
export interface Deed_ {
  deed_id: number;
  system_id: number;
  command: string;
  who: string;
  stage: "asked" | "under_way" | "ended";
  progress: number | null;
  outcome: Outcome["outcome"] | null;
  words: Words | null;
}

export type Level = "ok" | "warning" | "blocking";
export interface ReadinessLine {
  check: string;
  level: Level;
  fact: Words;
  consequence: Words | null;
  proposal: Words | null;
}
interface Prediction {
  will: Words;
}
export interface Readiness {
  system_id: number;
  level: Level;
  lines: ReadinessLine[];
  on_link_loss: Prediction | null;
  on_low_battery: Prediction | null;
  on_fence_breach: Prediction | null;
}

/** How an aircraft's own computer fares, once a second. */
export interface AircraftStatus {
  drone_id: string;
  sent_at: string;
  /** `ok`, `degraded` or `blind`; empty from an aircraft that does not say. */
  state: string;
  problems: string[];
  /** The problems in the aircraft's own words. */
  text: string;
  calibrated?: Calibrated | null;
  /** Only in the snapshot: how long ago the hub heard it. */
  heard_s_ago?: number;
}

/** Standard deviations of what is known of the camera's errors, and what taught them. */
export interface Calibrated {
  heading_sigma_rad: number;
  pitch_sigma_rad: number;
  position_sigma_m: number;
  anchors: number;
  landmarks: number;
}

/** What an aircraft does by itself from now on, and why. */
export interface Decision {
  id: string;
  drone_id: string;
  severity: Severity;
  state: string;
  reason: string;
  words: Words;
  decided_at: string;
}

export interface Plan {
  system_id: number;
  path: LatLon[];
}

export interface Snapshot {
  vehicles: Vehicle[];
  alerts: Alert[];
  incidents: Incident[];
  traffic_events: TrafficEvent[];
  views: View[];
  tracks: Tracks[];
  leases?: Lease[];
  statuses?: AircraftStatus[];
  decisions?: Decision[];
  district_name: Words | string | null;
}

export type Message =
  | { type: "snapshot"; data: Snapshot }
  | { type: "vehicle"; data: Vehicle }
  | { type: "view"; data: View }
  | { type: "tracks"; data: Tracks }
  | { type: "alert"; data: Alert }
  | { type: "incident"; data: Incident }
  | { type: "traffic_event"; data: TrafficEvent }
  | { type: "lease"; data: Lease }
  | { type: "status"; data: AircraftStatus }
  | { type: "decision"; data: Decision }
  | { type: "deed"; data: Deed_ }
  | { type: "upload"; data: Upload }
  | { type: "plan_changed"; data: PlanChanged }
  | { type: "plan"; data: Plan };
