"""The light (component 243, MAV_TYPE_ILLUMINATOR): on, off, brightness and strobe.

MAV_CMD_ILLUMINATOR_ON_OFF (405), MAV_CMD_DO_ILLUMINATOR_CONFIGURE (406), ILLUMINATOR_STATUS (440):
https://mavlink.io/en/messages/common.html#ILLUMINATOR_STATUS
"""

import math
from collections.abc import Mapping
from typing import Any

from sim.payload.autopilot import AutopilotView
from sim.payload.config import LightSettings
from sim.payload.device import ACCEPTED, DENIED, UNSUPPORTED, Device, Request

COMPONENT, KIND, LINK = 243, 44, "payload"
INTERNAL_CONTROL = 1
STATUS_RATE_HZ = 0.5


class LightDevice(Device):
    """A searchlight. `brightness_at` is what falls on the ground: 0..1, strobe included."""

    def __init__(
        self, settings: LightSettings, *, view: AutopilotView, system_id: int, began_s: float
    ) -> None:
        super().__init__(
            view=view, system_id=system_id, component_id=COMPONENT, link=LINK, kind=KIND
        )
        self.on = False
        self.brightness = 1.0
        self.strobe_period_s = 0.0
        self.strobe_duty = 0.0
        self._settings = settings
        self._began_s = began_s
        self._since_s = began_s
        self._builders["ILLUMINATOR_STATUS"] = self._status
        self._stream("ILLUMINATOR_STATUS", STATUS_RATE_HZ)
        self._commands |= {405: self._on_off, 406: self._configure}

    def brightness_at(self, now_s: float) -> float:
        """The share of full light given now."""
        if not self.on:
            return 0.0
        if self.strobe_period_s <= 0.0 or self.strobe_duty <= 0.0:
            return self.brightness
        phase = math.fmod(now_s - self._since_s, self.strobe_period_s) / self.strobe_period_s
        return self.brightness if phase < self.strobe_duty else 0.0

    def _on_off(self, request: Request, now_s: float) -> int:
        wanted = request.params[0]
        if wanted not in (0.0, 1.0):
            return DENIED
        self.on = wanted == 1.0
        self._since_s = now_s
        self._send_all("ILLUMINATOR_STATUS", now_s, 0.0)
        return ACCEPTED

    def _configure(self, request: Request, now_s: float) -> int:
        mode, brightness, period_s, duty = request.params[:4]
        if math.isfinite(mode) and mode not in (0.0, INTERNAL_CONTROL):
            return UNSUPPORTED
        brightness = 100.0 * self.brightness if math.isnan(brightness) else brightness
        period_s = self.strobe_period_s if math.isnan(period_s) else period_s
        duty = 100.0 * self.strobe_duty if math.isnan(duty) else duty
        shortest_s = self._settings.strobe_period_min_s
        strobes = shortest_s <= period_s <= self._settings.strobe_period_max_s
        if not (0.0 <= brightness <= 100.0 and 0.0 <= duty <= 100.0 and (period_s == 0 or strobes)):
            return DENIED
        self.brightness, self.strobe_period_s = brightness / 100.0, period_s
        self.strobe_duty = duty / 100.0
        self._since_s = now_s
        self._send_all("ILLUMINATOR_STATUS", now_s, 0.0)
        return ACCEPTED

    def _status(self, now_s: float, which: float) -> list[Mapping[str, Any]]:
        return [
            {
                "uptime_ms": round((now_s - self._began_s) * 1e3) & 0xFFFFFFFF,
                "enable": int(self.on),
                "mode_bitmask": 1 << INTERNAL_CONTROL,
                "mode": INTERNAL_CONTROL,
                "brightness": 100.0 * self.brightness,
                "strobe_period": self.strobe_period_s,
                "strobe_duty_cycle": 100.0 * self.strobe_duty,
                "temp_c": math.nan,
                "min_strobe_period": self._settings.strobe_period_min_s,
                "max_strobe_period": self._settings.strobe_period_max_s,
            }
        ]
