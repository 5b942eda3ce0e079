"""From the gimbal, over the airframe where need be, to the earth.

A gimbal tells its attitude against the earth (most consumer drones), against the airframe (MISB
ST 0601), or against the airframe's heading alone; each comes to one turn here.
"""

from enum import Enum

from onboard.geolocate.rotation import (
    Quaternion,
    product,
    quaternion_from_euler,
    yaw_of,
)


class GimbalFrame(Enum):
    """What a gimbal's angles are told against."""

    EARTH = "earth"
    HEADING = "heading"
    BODY = "body"


def q_ned_from_gimbal(
    gimbal: Quaternion, *, told_against: GimbalFrame, q_ned_from_body: Quaternion
) -> Quaternion:
    """The gimbal's attitude on the earth; the body's is of no account for `EARTH`."""
    if told_against is GimbalFrame.EARTH:
        return gimbal
    if told_against is GimbalFrame.BODY:
        return product(q_ned_from_body, gimbal)
    heading = quaternion_from_euler(roll_rad=0.0, pitch_rad=0.0, yaw_rad=yaw_of(q_ned_from_body))
    return product(heading, gimbal)
