"""How a wing is guided: what PX4 is set to, and how tightly the vehicle turns."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.vehicle import Vehicle
from missions.wind import CALM, Wind

Array = npt.NDArray[np.float64]

G_M_S2 = 9.80665
# How a bank follows what is asked for, and PX4's gain on the heading (AirspeedDirectionController).
LAG_S, HEADING_GAIN = 0.5, 0.8885
# Flown tracks lie within this of those predicted.
KNOWN_M = 5.0
# Banks this near to each other are one.
ALIKE_RAD = math.radians(2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guided:
    """One way in which a wing may be guided: `bank_rad` is the most that it banks."""

    bank_rad: float
    bank_rate_rad_s: float
    time_const_s: float
    switch_share: float
    nav_acc_rad_m: float
    # Where it turns right round, to which side: to the left above zero.
    side: float = 1.0
    wind_en_m_s: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def of(cls, vehicle: Vehicle, wind: Wind = CALM) -> "tuple[Guided, ...]":
        """As tightly as PX4 lets it turn, and as wide as the vehicle is said to: between the two a
        wing flies. As wide, the bank is the one that it turns so with in still air: over the ground
        the turn is wider with the wind from behind."""
        px4 = vehicle.px4
        most = math.radians(px4.fw_r_lim_deg)
        said = math.atan2(vehicle.cruise_speed_m_s**2, G_M_S2 * vehicle.turn_radius_m)
        banks = [most] if said > most - ALIKE_RAD else [most, said]
        return tuple(
            cls(
                bank_rad=bank,
                bank_rate_rad_s=math.radians(px4.fw_pn_r_slew_max_deg_s),
                time_const_s=px4.npfg_period_s * px4.npfg_damping,
                switch_share=px4.npfg_sw_dst_mlt,
                nav_acc_rad_m=px4.nav_acc_rad_m,
                wind_en_m_s=wind.toward_en_m_s,
            )
            for bank in banks
        )

    @property
    def row(self) -> Array:
        """As the kernel takes it."""
        return np.array(
            (
                self.bank_rad,
                self.bank_rate_rad_s,
                LAG_S,
                self.time_const_s,
                self.switch_share,
                self.nav_acc_rad_m,
                HEADING_GAIN,
                self.side,
                *self.wind_en_m_s,
                0.0,
            )
        )
