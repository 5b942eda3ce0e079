"""Compiles every kernel ahead of time and says how long it took: `python -m sim.vehicle.core`."""

import time

import numpy as np

from sim.vehicle.core.compiled import forget_others, kernel_folder
from sim.vehicle.core.fleet import FleetCore
from sim.vehicle.core.frames import stamp
from sim.vehicle.core.stepping import set_up, take_settings


def compile_all() -> float:
    """Compile what is not kept yet; CPU seconds taken."""
    began_s = time.process_time()
    core = FleetCore(1)
    index = core.take()
    craft, axes, settings, target = core.records(index)
    set_up(craft, axes, settings, target)
    take_settings(axes, settings)
    core.run(np.array([index]), np.array([0]), np.zeros(1, np.int64))
    stamp(np.zeros(0, np.uint8), 0, np.zeros(1, np.uint8), 0)
    return time.process_time() - began_s


if __name__ == "__main__":
    spent_s = compile_all()
    forgotten = forget_others()
    print(f"flight core ready in {kernel_folder()}: {spent_s:.1f} s of CPU, {forgotten} old files")
