/** The page: bar, banner, fleet on the left, map in the middle, alerts on the right. */

import { MapView } from "../map/MapView";
import { isStale } from "../state/store";
import { AlertsPanel } from "./AlertsPanel";
import { Dialogs } from "./Dialogs";
import { FleetPanel } from "./FleetPanel";
import { FlightBar } from "./flying/FlightBar";
import { MapMenu } from "./flying/MapMenu";
import { LinkBanner } from "./LinkBanner";
import { LinkPanel } from "./LinkPanel";
import { MapKey } from "./MapKey";
import { Notices } from "./Notices";
import { ReadinessCard } from "./ReadinessCard";
import { TopBar } from "./TopBar";
import { TrafficPanel } from "./TrafficPanel";

export function Page() {
  return (
    <div class={isStale.value ? "page stale" : "page"}>
      <TopBar />
      <LinkBanner />
      <aside class="column left">
        <FleetPanel />
        <TrafficPanel />
        <LinkPanel />
      </aside>
      <main class="middle">
        <MapView />
        <MapKey />
        <MapMenu />
        <div class="flight-dock">
          <Notices />
          <FlightBar />
        </div>
      </main>
      <aside class="column right">
        <AlertsPanel />
      </aside>
      <ReadinessCard />
      <Dialogs />
    </div>
  );
}
