"""PX4's parameters that shape how a plan is flown, and how long that takes."""

import math
from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field


class Px4Parameters(BaseModel):
    """Values of one vehicle, in PX4's names and units; the defaults are PX4 v1.17's.

    Cruise, climb and descent speeds and the horizontal acceleration are the vehicle's own
    (`MPC_XY_CRUISE`, `MPC_Z_V_AUTO_UP`, `MPC_Z_V_AUTO_DN`, `MPC_ACC_HOR`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mpc_xy_vel_max_m_s: float = Field(default=12.0, gt=0.0)
    mpc_acc_up_max_m_s2: float = Field(default=4.0, gt=0.0)
    mpc_acc_down_max_m_s2: float = Field(default=3.0, gt=0.0)
    mpc_jerk_auto_m_s3: float = Field(default=4.0, gt=0.0)
    mpc_xy_traj_p: float = Field(default=0.5, gt=0.0)
    mpc_xy_err_max_m: float = Field(default=2.0, gt=0.0)
    mpc_z_err_max_m: float = Field(default=1.0, gt=0.0)
    mpc_z_vel_max_up_m_s: float = Field(default=3.0, gt=0.0)
    mpc_z_vel_max_dn_m_s: float = Field(default=1.5, gt=0.0)
    mpc_tko_speed_m_s: float = Field(default=1.5, gt=0.0)
    mpc_tko_ramp_t_s: float = Field(default=3.0, gt=0.0)
    mpc_land_alt1_m: float = Field(default=10.0, ge=0.0)
    mpc_land_alt2_m: float = Field(default=5.0, ge=0.0)
    # Below this height it sinks at MPC_LAND_CRWL, if it carries a range finder; 0 without one.
    mpc_land_alt3_m: float = Field(default=1.0, ge=0.0)
    mpc_land_speed_m_s: float = Field(default=0.7, gt=0.0)
    mpc_land_crwl_m_s: float = Field(default=0.3, gt=0.0)
    mpc_tiltmax_air_deg: float = Field(default=45.0, gt=0.0, lt=90.0)
    mpc_xy_p: float = Field(default=0.95, ge=0.0)
    mpc_z_p: float = Field(default=1.0, ge=0.0)
    mpc_xy_vel_p_acc: float = Field(default=1.8, gt=0.0)
    mpc_xy_vel_i_acc: float = Field(default=0.4, ge=0.0)
    mpc_z_vel_p_acc: float = Field(default=4.0, gt=0.0)
    mpc_z_vel_i_acc: float = Field(default=2.0, ge=0.0)
    mpc_yawrauto_max_deg_s: float = Field(default=60.0, gt=0.0)
    mpc_yawrauto_acc_deg_s2: float = Field(default=20.0, gt=0.0)
    com_spoolup_time_s: float = Field(default=1.0, ge=0.0)
    nav_acc_rad_m: float = Field(default=10.0, gt=0.0)
    nav_mc_alt_rad_m: float = Field(default=0.8, gt=0.0)
    nav_loiter_rad_m: float = Field(default=80.0, gt=0.0)
    mis_yaw_err_deg: float = Field(default=12.0, gt=0.0)
    mis_command_tout_s: float = Field(default=0.0, ge=0.0)
    rtl_type: int = Field(default=0, ge=0, le=5)
    rtl_return_alt_m: float = Field(default=30.0, ge=0.0)
    rtl_min_dist_m: float = Field(default=10.0, ge=0.0)
    rtl_cone_ang_deg: float = Field(default=45.0, ge=0.0, le=90.0)
    rtl_land_delay_s: float = 0.0
    rtl_descend_alt_m: float = Field(default=10.0, ge=0.0)
    # How a wing is guided from place to place.
    fw_r_lim_deg: float = Field(default=50.0, gt=0.0, lt=90.0)
    fw_pn_r_slew_max_deg_s: float = Field(default=90.0, gt=0.0)
    fw_t_clmb_max_m_s: float = Field(default=5.0, gt=0.0)
    npfg_period_s: float = Field(default=10.0, gt=0.0)
    npfg_damping: float = Field(default=0.7, gt=0.0)
    npfg_sw_dst_mlt: float = Field(default=0.32, gt=0.0)

    def otherwise(self, defaults: Mapping[str, float]) -> Self:
        """With other defaults, by field, for what nobody gave a value."""
        own = {name: getattr(self, name) for name in type(self).model_fields}
        ours = {name: at for name, at in defaults.items() if name not in self.model_fields_set}
        # They are not set: nobody asked for them.
        return self.model_construct(_fields_set=set(self.model_fields_set), **{**own, **ours})

    def return_height_m(self, *, distance_m: float, height_m: float) -> float:
        """Height above home at which a return is flown from a distance and a height above it.

        Source: PX4-Autopilot v1.17, src/modules/navigator/rtl.cpp (computeReturnAltitude).
        """
        most = self.rtl_return_alt_m
        if self.rtl_cone_ang_deg <= 0.0:
            return max(height_m, most)
        if distance_m <= self.nav_acc_rad_m:
            wanted = 2.0 * distance_m
        else:
            wanted = most
            if distance_m <= self.rtl_min_dist_m:
                cone = math.radians(min(max(self.rtl_cone_ang_deg, 1.0), 89.0))
                wanted = min(distance_m / math.tan(cone), most)
            wanted = max(wanted, 2.0 * self.nav_acc_rad_m)
        return min(max(wanted, height_m), max(most, height_m))
