/** Which of the objects that cameras follow lies nearest to a place. */

import type { LatLon, Track, Tracks } from "../hub/types";
import { distance_m } from "../map/geometry";

export interface NearTrack {
  drone_id: string;
  track: Track;
}

export function nearestTrack(at: LatLon, reports: Tracks[], within_m: number): NearTrack | null {
  let nearest: NearTrack | null = null;
  let best_m = within_m;
  for (const { drone_id, tracks } of reports) {
    for (const track of tracks) {
      const far_m = distance_m(at, [track.position.latitude_deg, track.position.longitude_deg]);
      if (far_m > best_m) continue;
      best_m = far_m;
      nearest = { drone_id, track };
    }
  }
  return nearest;
}
