// The page's pure modules, run by node's own test runner (`npm test` in ground_station/web).
import assert from "node:assert/strict";
import { test } from "node:test";
import { HubLink } from "../../../ground_station/web/src/hub/link";
import type { Alert, Decision, LatLon, Picture } from "../../../ground_station/web/src/hub/types";
import en from "../../../ground_station/web/src/language/en.json";
import kk from "../../../ground_station/web/src/language/kk.json";
import ru from "../../../ground_station/web/src/language/ru.json";
import { along, bearing, ellipseRing } from "../../../ground_station/web/src/map/geometry";
import { placeLabels, spreadMarks } from "../../../ground_station/web/src/map/label_places";
import { partToEnlarge } from "../../../ground_station/web/src/panels/close_up";
import { inReadingOrder, neighbour } from "../../../ground_station/web/src/state/alert_order";
import { DECISIONS_SHOWN, withDecisions } from "../../../ground_station/web/src/state/decisions";
import { nearestTrack } from "../../../ground_station/web/src/state/near_track";
import { steadyRows } from "../../../ground_station/web/src/state/steady_rows";
import { ageText, localTime } from "../../../ground_station/web/src/state/time";

const UNITS = { second: "s", minute: "min", hour: "h", day: "d" };
const DICTIONARIES: Record<string, Record<string, string>> = { kk, ru, en };

function alert(id: string, state: string, severity: string, created_at: string): Alert {
  return { id, state, severity, created_at } as Alert;
}

test("unseen alerts come first, then the most severe, then the newest", () => {
  const ordered = inReadingOrder([
    alert("closed alarm", "closed", "alarm", "2026-01-01T00:09:00Z"),
    alert("old warning", "new", "warning", "2026-01-01T00:01:00Z"),
    alert("acknowledged alarm", "acknowledged", "alarm", "2026-01-01T00:08:00Z"),
    alert("new warning", "new", "warning", "2026-01-01T00:07:00Z"),
    alert("new alarm", "new", "alarm", "2026-01-01T00:02:00Z"),
  ]);
  assert.deepEqual(
    ordered.map(({ id }) => id),
    ["new alarm", "new warning", "old warning", "acknowledged alarm", "closed alarm"],
  );
});

test("decisions stand in the order in which they were made, each once, and only the latest", () => {
  const made = (id: string, minute: number) =>
    ({ id, drone_id: "qyran-1", decided_at: `2026-01-01T00:0${minute}:00Z` }) as Decision;
  const known = withDecisions(new Map(), [made("later", 5), made("first", 1)]);
  const ids = (all: Map<string, Decision[]>) => all.get("qyran-1")?.map(({ id }) => id);
  assert.deepEqual(ids(withDecisions(known, [made("overtaken", 3)])), ["later", "overtaken", "first"]);
  assert.deepEqual(ids(withDecisions(known, [made("later", 5)])), ["later", "first"]);
  const many = Array.from({ length: 9 }, (_, minute) => made(String(minute), minute));
  assert.deepEqual(ids(withDecisions(new Map(), many))?.length, DECISIONS_SHOWN);
  assert.deepEqual(ids(withDecisions(new Map(), many))?.[0], "8");
});

test("the keyboard's walk starts at the top and stops at both ends", () => {
  assert.equal(neighbour(["a", "b"], null, 1), "a");
  assert.equal(neighbour(["a", "b"], "b", 1), "b");
  assert.equal(neighbour(["a", "b"], "b", -1), "a");
  assert.equal(neighbour(["a", "b"], "gone", 1), "a");
  assert.equal(neighbour([], null, 1), null);
});

test("a time is shown by the district's clock, five hours east of Greenwich", () => {
  assert.equal(localTime("2026-06-01T19:30:05Z"), "00:30:05");
  assert.equal(localTime("2026-12-01T02:00:00Z"), "07:00:00");
});

test("an age has at most two units and is never negative", () => {
  assert.equal(ageText(-3, UNITS), "0 s");
  assert.equal(ageText(59.9, UNITS), "59 s");
  assert.equal(ageText(600, UNITS), "10 min");
  assert.equal(ageText(3900, UNITS), "1 h 5 min");
  assert.equal(ageText(90_000, UNITS), "1 d 1 h");
});

test("a bearing leads back to the point that lies along it", () => {
  const from: LatLon = [44.85, 65.51];
  const to = along(from, 2.5, 800);
  assert.ok(Math.abs(bearing(from, to) - 2.5) < 1e-9);
});

test("one kilometre north is 0.008993 degrees of latitude", () => {
  assert.ok(Math.abs(along([44.85, 65.51], 0, 1000)[0] - 44.85 - 0.008993) < 1e-6);
});

test("an error ellipse points its major axis along its orientation", () => {
  const centre: LatLon = [44.85, 65.51];
  const ellipse = { semi_major_m: 20, semi_minor_m: 5, orientation_rad: Math.PI / 2, probability: 0.9 };
  const ring = ellipseRing(centre, ellipse, 4);
  const [east, south] = [along(centre, Math.PI / 2, 20), along(centre, Math.PI, 5)];
  assert.deepEqual(ring[0]?.map((degrees) => degrees.toFixed(7)), east.map((degrees) => degrees.toFixed(7)));
  assert.deepEqual(ring[1]?.map((degrees) => degrees.toFixed(7)), south.map((degrees) => degrees.toFixed(7)));
});

test("a label takes the first side of its point that is free", () => {
  const label = { x: 100, y: 100, width: 60, height: 20, gap: 10 };
  const right = { left: 105, top: 90, width: 80, height: 20 };
  assert.deepEqual(placeLabels([label], []), [{ dx: 40, dy: 0, hidden: 0 }]);
  assert.deepEqual(placeLabels([label], [right]), [{ dx: -40, dy: 0, hidden: 0 }]);
});

test("labels of one point lie apart, and one that finds no place says so", () => {
  const label = { x: 0, y: 0, width: 60, height: 20, gap: 10 };
  const [first, second] = placeLabels([label, label], []);
  assert.deepEqual([first?.dx, second?.dx], [40, -40]);
  const everywhere = { left: -500, top: -500, width: 1000, height: 1000 };
  assert.equal(placeLabels([label], [everywhere])[0]?.hidden, 1200);
});

test("marks on one post step apart, and a lone one stays where it is", () => {
  assert.deepEqual(spreadMarks([[5, 5], [5, 5], [200, 5]], 22), [[0, 0], [22, 0], [0, 0]]);
});

test("rows that are held keep their places, and what comes meanwhile waits", () => {
  const [a, b, c] = ["a", "b", "c"].map((id) => ({ id })) as [{ id: string }, { id: string }, { id: string }];
  const all = new Map([a, b, c].map((row) => [row.id, row]));
  assert.deepEqual(steadyRows([c, b, a], all, null), { rows: [c, b, a], waiting: [] });
  assert.deepEqual(steadyRows([c, b, a], all, ["a", "b", "gone"]), { rows: [a, b], waiting: [c] });
});

test("small finds are enlarged in the corner across from them, large ones are not", () => {
  const picture = (left_px: number, top_px: number, side_px: number): Picture => ({
    sha256: "",
    width_px: 960,
    height_px: 540,
    boxes: [{ left_px, top_px, width_px: side_px, height_px: side_px, object_class: "person", confidence: 1 }],
  });
  const part = partToEnlarge(picture(100, 50, 10));
  assert.equal(part?.corner, "bottom right");
  assert.deepEqual([part?.left_px, part?.width_px, part?.height_px], [50, 110, 82.5]);
  assert.equal(partToEnlarge(picture(0, 0, 10))?.left_px, 0);
  assert.equal(partToEnlarge(picture(300, 100, 300)), null);
  assert.equal(partToEnlarge({ ...picture(0, 0, 10), boxes: [] }), null);
});

test("a click follows the nearest object about it, and none where all are far", () => {
  const track = (track_id: number, east_m: number) => {
    const [latitude_deg, longitude_deg] = along([44.85, 65.51], Math.PI / 2, east_m);
    const ellipse = { semi_major_m: 3, semi_minor_m: 2, orientation_rad: 0, probability: 0.9 };
    const position = { latitude_deg, longitude_deg, ellipse };
    return { track_id, object_class: "car", confidence: 1, position, velocity_north_m_s: 0, velocity_east_m_s: 0 };
  };
  const reports = [
    { drone_id: "a", tracks: [track(1, 9), track(2, 40)] },
    { drone_id: "b", tracks: [track(1, 4)] },
  ];
  const near = nearestTrack([44.85, 65.51], reports, 12);
  assert.deepEqual([near?.drone_id, near?.track.track_id], ["b", 1]);
  assert.equal(nearestTrack([44.85, 65.51], reports, 3), null);
});

test("a lost link is tried again at growing intervals", () => {
  const link = new HubLink();
  assert.deepEqual(link.tick(0), ["connect"]);
  link.closed(0);
  assert.equal(link.retry_s, 0.5);
  assert.deepEqual(link.tick(0.4), []);
  assert.deepEqual(link.tick(0.5), ["connect"]);
  link.closed(0.5);
  assert.equal(link.retry_s, 1.5);
  for (let failure = 0; failure < 9; failure += 1) link.closed(10);
  assert.equal(link.retry_s, 18);
});

test("a hub that answers again is live, and the waits start anew", () => {
  const link = new HubLink();
  link.closed(0);
  link.closed(1);
  link.received(2);
  assert.equal(link.state, "live");
  link.closed(3);
  assert.equal(link.retry_s, 3.5);
});

test("silence is probed, and an unanswered probe drops the link", () => {
  const link = new HubLink();
  link.tick(0);
  link.received(0);
  assert.deepEqual(link.tick(6), []);
  assert.deepEqual(link.tick(6.1), ["probe"]);
  assert.deepEqual(link.tick(10), []);
  assert.deepEqual(link.tick(10.2), ["drop"]);
});

test("a quiet hub that answers the probe stays live", () => {
  const link = new HubLink();
  link.tick(0);
  link.received(0);
  link.tick(6.1);
  link.received(6.3);
  assert.deepEqual(link.tick(12), []);
  assert.equal(link.state, "live");
});

test("a socket that never opens is given up", () => {
  const link = new HubLink();
  assert.deepEqual(link.tick(0), ["connect"]);
  assert.deepEqual(link.tick(8.1), ["drop"]);
});

test("every language has every word, with the same blanks", () => {
  const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join();
  for (const words of Object.values(DICTIONARIES)) {
    assert.deepEqual(Object.keys(words), Object.keys(en));
    for (const [key, text] of Object.entries(en)) assert.equal(blanks(words[key] ?? ""), blanks(text), key);
  }
});

test("no word mixes Latin and Cyrillic letters that look alike", () => {
  for (const [code, words] of Object.entries(DICTIONARIES)) {
    for (const [key, text] of Object.entries(words)) {
      const mixed = text.replace(/\{\w+\}/g, "").match(/\p{L}+/gu)?.filter(
        (word) => /\p{Script=Latin}/u.test(word) && /\p{Script=Cyrillic}/u.test(word),
      );
      assert.deepEqual(mixed ?? [], [], `${code} ${key}`);
    }
  }
});
