"""When a flight's telemetry began, by the wall clock."""

from datetime import UTC, datetime, timedelta

from missions.errors import BadInput
from onboard.telemetry.flight_log import FlightLog


def started_at(log: FlightLog, told: str | None) -> datetime:
    """The UTC at which the telemetry's time is zero: as told, else as the log tells.

    A log's time without a zone, such as DJI's, is taken as UTC.

    Raises:
        BadInput: what was told is no time, or neither tells it.
    """
    if told is not None:
        try:
            return _utc(datetime.fromisoformat(told))
        except ValueError as error:
            what = "not a time such as 2026-11-23T10:00:00Z"
            raise BadInput(where=f"--start-utc {told}", what=what) from error
    for pose in log.poses:
        if pose.captured_at is not None:
            return _utc(pose.captured_at) - timedelta(seconds=pose.t_s)
    raise BadInput(where=log.name, what="does not tell when it was: give --start-utc")


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
