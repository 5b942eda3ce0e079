"""What the hub tells of a vehicle's payload, for a page that shows what is on and what is not."""

from pydantic import Field

from ground_station.view import View

Share = Field(default=None, ge=0, le=1)


class PayloadView(View):
    """Gimbal, camera, light and loudspeaker as they last said themselves; null: not said.

    `gimbal`, `camera`, `light` and `loudspeaker` say whether each was heard lately. The pitch is
    radians, up positive; `speaking` is what sounds now, empty in silence.
    """

    gimbal: bool = False
    gimbal_pitch_rad: float | None = None
    gimbal_held_by_us: bool = False
    camera: bool = False
    recording: bool | None = None
    taking_series: bool | None = None
    pictures: int | None = None
    zoom_share: float | None = Share
    free_mib: float | None = None
    light: bool = False
    light_on: bool | None = None
    light_brightness: float | None = Share
    loudspeaker: bool = False
    speaking: str = ""
