/** The hub over HTTP: reads, and what an operator does. Failures are values, never exceptions. */

import type {
  Alert,
  GeoFeatures,
  Incident,
  LatLon,
  Lease,
  LeaseStep,
  Outcome,
  Readiness,
  VehicleCommand,
  Wish,
} from "./types";

const BASE = "/api/v1";
const READ_LIMIT_MS = 15_000;
// A vehicle command is a transaction over a radio link; the hub ends it within its own limits.
const COMMAND_LIMIT_MS = 60_000;
// A flight to a far place answers when it is there.
const DEED_LIMIT_MS = 900_000;
const TOKEN_KEY = "qyran.token";

export type Answer<T> =
  | { ok: true; value: T }
  | { ok: false; reason: "unreachable" | "unauthorized" | "refused"; text: string };

export type FlownPoint = [number, number, number, string];

/** Hub clock minus this machine's clock, seconds, from the last reply's Date header. */
export let hubAhead_s = 0;

export interface LinkFact {
  address: string;
  state: string;
  for_s: number;
  why: string;
  peers: string[];
  counters: Record<string, number>;
}

/** Whose signing key counts for a drone; `given`: it was given one and not yet heard with it. */
export type KeyState = "none" | "common" | "given" | "own";

/** `loss` is the share of a drone's frames lost in the last ten seconds. */
export interface VehicleLink {
  system_id: number;
  peer: string;
  loss: number | null;
  signed: boolean;
  key: KeyState;
}

/** How a change of a signing key ended; the key itself is never told. */
export interface KeyChange {
  outcome: "done" | "refused" | "failed";
  reason: string;
}

export interface Links {
  links: LinkFact[];
  vehicles: VehicleLink[];
  stations: { system_id: number; component_id: number; shares_our_id: boolean }[];
  signing: boolean;
  recording: { state: string; why: string } | null;
}

export const links = () => read<Links>("/links");
export const district = () => read<GeoFeatures>("/district");
export const cameras = () => read<GeoFeatures>("/cameras");
export const flownPath = (id: number) => read<FlownPoint[]>(`/vehicles/${id}/track`);
export const plannedPath = (id: number) => read<{ path: LatLon[] }>(`/vehicles/${id}/plan`);
export const alert = (id: string) => read<Alert>(`/alerts/${encodeURIComponent(id)}`);
export const pictureUrl = (sha256: string) => `${BASE}/pictures/${sha256}`;

export const acknowledge = (id: string, operator: string) =>
  write<Alert>(`/alerts/${encodeURIComponent(id)}/acknowledge`, { operator });
export const closeAlert = (id: string, operator: string, reason: string) =>
  write<Alert>(`/alerts/${encodeURIComponent(id)}/close`, { operator, reason });
export const openIncident = (id: string, operator: string, note: string) =>
  write<Incident>(`/alerts/${encodeURIComponent(id)}/incident`, { operator, note });
export const closeIncident = (id: string, operator: string, note: string) =>
  write<Incident>(`/incidents/${encodeURIComponent(id)}/close`, { operator, note });
export const command = (systemId: number, name: VehicleCommand, operator: string) =>
  write<Outcome>(
    `/vehicles/${systemId}/commands`,
    { command: name, operator },
    COMMAND_LIMIT_MS,
  );

export const wish = (systemId: number, asked: Wish, operator: string) =>
  write<Outcome>(`/vehicles/${systemId}/commands`, { ...asked, operator }, DEED_LIMIT_MS);
export const cancelDeeds = (systemId: number, operator: string) =>
  write<number>(`/vehicles/${systemId}/commands/cancel?operator=${encodeURIComponent(operator)}`, {});
export const cancelUpload = (systemId: number) =>
  write<boolean>(`/vehicles/${systemId}/plan/cancel`, {});
export const lease = (systemId: number, step: LeaseStep, operator: string, reason: string) =>
  write<Lease>(`/vehicles/${systemId}/lease`, { step, operator, reason });
/** A new key of its own for a drone, or none any more; the vehicle is waited for. */
export const changeKey = (systemId: number, deed: "give" | "remove", operator: string) =>
  write<KeyChange>(
    `/vehicles/${systemId}/signing-key?operator=${encodeURIComponent(operator)}`,
    null,
    COMMAND_LIMIT_MS,
    deed === "give" ? "PUT" : "DELETE",
  );
export const present = (operator: string) => write<null>("/presence", { operator });
export const readiness = (systemId: number) =>
  ask<Readiness>(`/vehicles/${systemId}/readiness`, { method: "GET" }, COMMAND_LIMIT_MS);

export async function hubIsWell(): Promise<boolean> {
  return (await read("/health")).ok;
}

/** The hub's access token lives as long as the browser tab, never on disk. */
export function rememberToken(token: string): void {
  sessionStorage.setItem(TOKEN_KEY, token);
}

function read<T>(path: string): Promise<Answer<T>> {
  return ask<T>(path, { method: "GET" }, READ_LIMIT_MS);
}

type Writing = "POST" | "PUT" | "DELETE";

function write<T>(
  path: string,
  body: object | null,
  limit_ms = READ_LIMIT_MS,
  method: Writing = "POST",
): Promise<Answer<T>> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  const token = sessionStorage.getItem(TOKEN_KEY);
  if (token) headers["Authorization"] = `Bearer ${token}`;
  const content = body === null ? {} : { body: JSON.stringify(body) };
  return ask<T>(path, { method, headers, ...content }, limit_ms);
}

async function ask<T>(path: string, init: RequestInit, limit_ms: number): Promise<Answer<T>> {
  try {
    const reply = await fetch(BASE + path, { ...init, signal: AbortSignal.timeout(limit_ms) });
    noteHubClock(reply);
    if (reply.ok) return { ok: true, value: (await reply.json()) as T };
    const reason = reply.status === 401 || reply.status === 403 ? "unauthorized" : "refused";
    return { ok: false, reason, text: await refusalText(reply) };
  } catch (error) {
    return { ok: false, reason: "unreachable", text: String(error) };
  }
}

async function refusalText(reply: Response): Promise<string> {
  const text = await reply.text();
  try {
    const detail: unknown = (JSON.parse(text) as { detail?: unknown }).detail;
    return typeof detail === "string" ? detail : JSON.stringify(detail ?? text);
  } catch {
    return text || `${reply.status} ${reply.statusText}`;
  }
}

function noteHubClock(reply: Response): void {
  const said = Date.parse(reply.headers.get("Date") ?? "");
  // The header counts whole seconds; half of one is its mean error.
  if (Number.isFinite(said)) hubAhead_s = (said + 500 - Date.now()) / 1000;
}
