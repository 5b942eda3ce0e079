"""A run's log is a tlog that pymavlink reads."""

from itertools import pairwise
from pathlib import Path

from pymavlink import mavutil

from sim.run_files import RunFiles
from sim.scenario.fleet import SimulatedFleet
from sim.scenario.log import RunLog
from sim.scenario.play import ScenarioFleet, one_drone


def test_what_comes_after_the_end_does_not_wipe_out_what_was_written(tmp_path: Path) -> None:
    files = RunFiles(tmp_path)
    for data in (b"one ", b"two "):
        files.write("log", data)
    files.close()
    files.write("log", b"late")
    files.close()
    assert (tmp_path / "log").read_bytes() == b"one two late"


def test_pymavlink_reads_the_log_with_simulated_time(tmp_path: Path) -> None:
    with RunLog(tmp_path) as log:
        fleet: SimulatedFleet = ScenarioFleet(one_drone(), folder=tmp_path, log=log)
        fleet.ready()
        fleet["qyran-1"].take_off()
    reader = mavutil.mavlink_connection(str(tmp_path / "qyran-1.tlog"))
    times: list[float] = []
    while (message := reader.recv_match(type="HEARTBEAT")) is not None:
        times += [message._timestamp] if message.get_srcComponent() == 1 else []
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(times) >= 6
    assert max(gaps) < 1.1
