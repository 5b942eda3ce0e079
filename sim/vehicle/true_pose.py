"""An aircraft's pose at one instant: see `sim.vehicle.pose` for what that holds."""

from datetime import datetime
from typing import TYPE_CHECKING

from sim.vehicle.pose import VehiclePose
from sim.vehicle.rotation import matrix_from_quaternion, quaternion_from_euler
from sim.vehicle.trajectory import Ned

if TYPE_CHECKING:
    from sim.vehicle.aircraft import Aircraft


def pose_of(aircraft: "Aircraft", *, ahead_s: float, utc: datetime) -> VehiclePose:
    """Truth about an aircraft so many seconds from the last step simulated, at a UTC."""
    body = aircraft.flight.body
    p, v = body.position, body.velocity
    geo = aircraft.frame.geo(Ned(p.n + v.n * ahead_s, p.e + v.e * ahead_s, p.d + v.d * ahead_s))
    aircraft.gimbal.step(position=p, vehicle_yaw=body.yaw, dt_s=0.0)
    gimbal = aircraft.gimbal.quaternion
    return VehiclePose(
        latitude_deg=geo.latitude_deg,
        longitude_deg=geo.longitude_deg,
        height_amsl_m=geo.height_amsl_m,
        height_above_home_m=aircraft.state.home.d - p.d - v.d * ahead_s,
        R_ned_from_body=matrix_from_quaternion(quaternion_from_euler(*aircraft.true_attitude())),
        R_ned_from_gimbal=matrix_from_quaternion(gimbal),
        gimbal_quaternion=gimbal,
        airborne=not aircraft.landed,
        boot_s=aircraft.boot_s + ahead_s,
        utc=utc,
    )
