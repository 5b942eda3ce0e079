"""A flight from a telemetry log (.tlog): MAVLink frames, each behind the time it was heard at.

The times before the frames are not needed: what is read here carries the vehicle's own boot time.
A log that is cut or damaged is read on from the next frame whose checksum is right.
"""

from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path

from missions.errors import BadInput, place_of
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from onboard.mavlink.codec import Decoder, Message
from onboard.telemetry.flight_log import FlightLog, LoggedPose
from onboard.telemetry.history import PoseHistory, PoseMissing

PIECE_BYTES = 1 << 20
GIMBAL, POSITION = "GIMBAL_DEVICE_ATTITUDE_STATUS", "GLOBAL_POSITION_INT"
E7 = 1e-7


def read_tlog(path: Path) -> FlightLog:
    """The flight of the vehicle that tells most positions in a log.

    There is a pose for each attitude of its gimbal, or for each position where it has no gimbal.

    Raises:
        BadInput: the file cannot be read, or no vehicle in it tells where it is.
    """
    decoder = Decoder()
    try:
        messages = list(_messages(path, decoder))
    except OSError as error:
        raise place_of(error, str(path)) from error
    senders = Counter(each.system_id for each in messages if each.name == POSITION)
    if not senders:
        raise BadInput(where=str(path), what=f"no {POSITION} in it")
    system_id = senders.most_common(1)[0][0]
    own = [each for each in messages if each.system_id == system_id]
    poses, missed = _poses(own, system_id)
    if not poses:
        raise BadInput(where=str(path), what="no instant has both a position and an attitude")
    counted = (
        (missed, "attitudes without a position beside them"),
        (decoder.bad_crc, "frames with a wrong checksum"),
        (len(senders) - 1, f"other vehicles than {system_id}"),
    )
    return FlightLog(
        name=path.name,
        dialect="MAVLink",
        poses=tuple(poses),
        home=_home(own),
        notes=tuple(f"{count} {what}" for count, what in counted if count),
    )


def _messages(path: Path, decoder: Decoder) -> Iterator[Message]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield from decoder.feed(piece)


def _poses(messages: list[Message], system_id: int) -> tuple[list[LoggedPose], int]:
    """Poses in rising time from the first one on, and how many attitudes had no position."""
    history = PoseHistory(system_id=system_id)
    has_gimbal = any(each.name == GIMBAL for each in messages)
    clock = GIMBAL if has_gimbal else POSITION
    waiting: deque[float] = deque()
    poses: list[LoggedPose] = []
    missed, begin_s = 0, None
    for message in messages:
        taken = history.receive(message)
        if taken and message.name == clock:
            waiting.append(message.time_boot_ms / 1000.0)
        while waiting and waiting[0] <= history.told_until_s(gimbal=has_gimbal):
            boot_s = waiting.popleft()
            begin_s = boot_s if begin_s is None else begin_s
            pose = _pose(history, boot_s, boot_s - begin_s, len(poses) + 1, gimbal=has_gimbal)
            if pose is None or (poses and pose.t_s <= poses[-1].t_s):
                missed += 1
            else:
                poses.append(pose)
    return poses, missed + len(waiting)


def _pose(
    history: PoseHistory, boot_s: float, t_s: float, entry: int, *, gimbal: bool
) -> LoggedPose | None:
    at = history.position(boot_s)
    camera = history.camera(boot_s) if gimbal else None
    if isinstance(at, PoseMissing) or isinstance(camera, PoseMissing) or history.home_amsl is None:
        return None
    position, height = at
    return LoggedPose(
        t_s=t_s,
        entry=entry,
        position=position,
        height=HeightAboveHome(height.m - history.home_amsl.m),
        q_ned_from_gimbal=camera,
        q_ned_from_body=history.airframe(boot_s),
        captured_at=history.utc(boot_s),
    )


def _home(messages: list[Message]) -> GeoPoint | None:
    told = [each for each in messages if each.name == "HOME_POSITION"]
    if not told or not (abs(told[-1].latitude) <= 900_000_000 and told[-1].latitude):
        return None
    return GeoPoint(latitude_deg=told[-1].latitude * E7, longitude_deg=told[-1].longitude * E7)
