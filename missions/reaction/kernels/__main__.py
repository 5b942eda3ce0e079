"""Compiles every kernel ahead of time and says how long it took:
`python -m missions.reaction.kernels`."""

import time

from missions.area import Area
from missions.geodesy import GeoPoint
from missions.reaction.budget import Budget
from missions.reaction.kernels.compiled import KERNELS
from missions.reaction.react import react
from missions.reaction.situation import Alarm, Landing, RunningDrone, Situation, Stop
from missions.vehicle import default_vehicle


def compile_all() -> float:
    """Compile what is not kept yet; CPU seconds taken."""
    began_s = time.process_time()
    react(_round_a_corner(), budget=Budget(iterations=1))
    return time.process_time() - began_s


def _round_a_corner() -> Situation:
    """Two drones with a zone between them and an alarm."""
    places = [GeoPoint(latitude_deg=44.8, longitude_deg=65.5 + 0.01 * i) for i in range(4)]
    corners = ((44.79, 65.504), (44.81, 65.504), (44.81, 65.506), (44.79, 65.506))
    ring = tuple(GeoPoint(latitude_deg=lat, longitude_deg=lon) for lat, lon in corners)
    drones = tuple(
        RunningDrone(
            name=f"drone {i}",
            vehicle=default_vehicle(),
            position=places[i],
            battery_s=default_vehicle().endurance_s,
            landings=(Landing(name="dock", position=places[i]),),
            stops=(Stop(name=f"stop {i}", position=places[i + 2]),),
        )
        for i in range(2)
    )
    return Situation(
        drones=drones,
        alarms=(Alarm(name="alarm", position=places[1]),),
        no_fly=(Area(outer=ring, name="zone"),),
    )


if __name__ == "__main__":
    spent_s = compile_all()
    forgotten = KERNELS.forget_others()
    kept_in = KERNELS.folder()
    print(f"reaction kernels ready in {kept_in}: {spent_s:.1f} s of CPU, {forgotten} old files")
