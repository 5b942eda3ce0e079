"""Compiles every kernel ahead of time and says how long it took:
`python -m missions.patterns.sweep.core`."""

import time

from shapely.geometry import box

from missions.patterns.sweep.choose import Task, quickest
from missions.patterns.sweep.core.kernels import KERNELS
from missions.vehicle import default_vehicle


def compile_all() -> float:
    """Compile what is not kept yet; CPU seconds taken."""
    began_s = time.process_time()
    square = box(0.0, 0.0, 200.0, 200.0)
    quickest(Task(polygon=square, swath_m=50.0, vehicle=default_vehicle(), speed_m_s=10.0))
    return time.process_time() - began_s


if __name__ == "__main__":
    spent_s = compile_all()
    forgotten = KERNELS.forget_others()
    kept_in = KERNELS.folder()
    print(f"sweep kernels ready in {kept_in}: {spent_s:.1f} s of CPU, {forgotten} old files")
