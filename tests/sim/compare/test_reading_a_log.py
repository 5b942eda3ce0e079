"""Reading recorded logs: what is learnt, and what is refused."""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from missions.errors import BadInput
from onboard.mavlink.codec import Encoder
from sim.compare.inputs import inputs_of, waypoints_of
from sim.compare.setup import Told, learn_setup, link_of
from sim.compare.tlog import read_log

Write = Callable[..., Path]
HOLD = 4 << 16 | 3 << 24


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a log of messages (system, component, name, fields), 0.1 s apart."""

    def frames(rows: tuple[tuple[int, int, str, dict[str, object]], ...]) -> Iterator[bytes]:
        for number, (system, component, name, fields) in enumerate(rows):
            encoder = Encoder(system_id=system, component_id=component)
            stamp = struct.pack(">Q", 1_000_000_000 + 100_000 * number)
            yield stamp + encoder.encode(name, **fields)

    def make(*rows: tuple[int, int, str, dict[str, object]]) -> Path:
        path = tmp_path / "made.tlog"
        path.write_bytes(b"".join(frames(rows)))
        return path

    return make


def heartbeat(base_mode: int, system: int = 1) -> tuple[int, int, str, dict[str, object]]:
    fields = {"type": 2, "autopilot": 12, "base_mode": base_mode, "custom_mode": HOLD}
    return system, 1, "HEARTBEAT", fields


def standing(boot_ms: int) -> tuple[int, int, str, dict[str, object]]:
    place = {"lat": 448_500_000, "lon": 655_100_000, "alt": 129_000}
    return 1, 1, "GLOBAL_POSITION_INT", {"time_boot_ms": boot_ms} | place


def test_a_log_that_begins_in_flight_is_refused_in_words(write: Write) -> None:
    path = write(heartbeat(157), standing(90_000))
    with pytest.raises(BadInput, match="begins in flight"):
        learn_setup(path, read_log(path), Told())


def test_a_log_without_a_vehicle_is_refused(write: Write) -> None:
    path = write((255, 190, "HEARTBEAT", {"type": 6, "autopilot": 8}))
    with pytest.raises(BadInput, match="no heartbeat of a PX4 vehicle"):
        read_log(path)


def test_bytes_that_are_no_frame_are_named_by_their_place(write: Write) -> None:
    path = write(heartbeat(29))
    path.write_bytes(path.read_bytes() + b"\x00" * 40)
    with pytest.raises(BadInput, match=r"made\.tlog: byte \d+: no MAVLink frame"):
        read_log(path)


def test_a_file_that_is_no_xz_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.tlog.xz"
    path.write_bytes(b"not packed")
    with pytest.raises(BadInput, match="no whole xz file"):
        read_log(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.tlog"):
        read_log(tmp_path / "nowhere.tlog")


def test_of_two_vehicles_one_must_be_named(write: Write) -> None:
    path = write(heartbeat(29), heartbeat(29, system=2))
    with pytest.raises(BadInput, match="vehicles 1, 2"):
        read_log(path)
    assert read_log(path, system_id=2).system_id == 2


def test_home_boot_time_and_parameters_are_learnt(write: Write) -> None:
    cruise = {"param_id": "MPC_XY_CRUISE", "param_value": 10.0, "param_type": 9}
    path = write(heartbeat(29), standing(60_000), (1, 1, "PARAM_VALUE", cruise))
    log = read_log(path)
    setup = learn_setup(path, log, Told())
    assert (setup.home.latitude_deg, setup.home.longitude_deg) == (44.85, 65.51)
    assert setup.home.height_amsl_m == pytest.approx(129.0)
    assert setup.config.parameters == {"MPC_XY_CRUISE": 10.0}
    assert log.frames[-1].boot_s == 60.0


def test_an_unknown_parameter_is_refused_by_name(write: Write) -> None:
    path = write(heartbeat(29), standing(60_000))
    with pytest.raises(BadInput, match="NO_SUCH"):
        learn_setup(path, read_log(path), Told(parameters={"NO_SUCH": 1.0}))


@pytest.mark.shared_data
def test_an_upload_becomes_one_transfer(shared_reference: Path) -> None:
    log = read_log(shared_reference / "px4-traces" / "02_mission_square_1x.gcs.tlog.xz")
    uploads = [given.upload for given in inputs_of(log) if given.upload is not None]
    assert [len(upload.items) for upload in uploads] == [7]
    # The hash that PX4 gave in its ACK (02_mission_square_1x.json).
    assert uploads[0].hash == 181422311
    assert {seq for seq, (_, _, passed) in waypoints_of(log).items() if passed} == {1, 4, 5}


@pytest.mark.shared_data
def test_the_link_is_told_by_its_streams(shared_reference: Path) -> None:
    folder = shared_reference / "px4-traces"
    assert link_of(read_log(folder / "11_patrol_lawnmower_2x.api.tlog.xz")) == "companion"
    assert link_of(read_log(folder / "11_patrol_lawnmower_2x.gcs.tlog.xz")) == "ground"
