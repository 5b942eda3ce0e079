"""The camera's zoom and focus: levels of 0..100 % that are stepped, driven or set.

CAMERA_ZOOM_TYPE and SET_FOCUS_TYPE of MAV_CMD_SET_CAMERA_ZOOM (531) and _FOCUS (532).
"""

import math

from sim.payload.config import CameraSettings

STEP, CONTINUOUS, RANGE = 0, 1, 2
FOCAL_LENGTH, HORIZONTAL_FIELD_OF_VIEW = 3, 4
METRES, AUTO, AUTO_SINGLE, AUTO_CONTINUOUS = 3, 4, 5, 6
STEP_PERCENT = 10.0
DRIVE_PERCENT_S = 20.0
NEAREST_M = 0.5


class Lever:
    """A level of 0..100 % that moves by itself while driven."""

    def __init__(self, level: float) -> None:
        self._level = level
        self._speed = 0.0
        self._since_s = 0.0

    def level_at(self, now_s: float) -> float:
        """The level now, percent."""
        moved = self._level + self._speed * (now_s - self._since_s)
        return min(max(moved, 0.0), 100.0)

    def put(self, level: float, now_s: float) -> None:
        """Stop at a level."""
        self._level, self._speed, self._since_s = min(max(level, 0.0), 100.0), 0.0, now_s

    def drive(self, direction: float, now_s: float) -> None:
        """Move by a share (-1..1) of the full speed until told otherwise."""
        self._level, self._since_s = self.level_at(now_s), now_s
        self._speed = DRIVE_PERCENT_S * min(max(direction, -1.0), 1.0)

    def order(self, kind: float, value: float, now_s: float) -> bool:
        """Do one of the orders that zoom and focus share; False where it is none of them."""
        if not math.isfinite(value):
            return False
        if kind == STEP:
            self.put(self.level_at(now_s) + math.copysign(STEP_PERCENT, value), now_s)
        elif kind == CONTINUOUS:
            self.drive(value, now_s)
        elif kind == RANGE and 0.0 <= value <= 100.0:
            self.put(value, now_s)
        else:
            return False
        return True


class Optics:
    """Zoom and focus; zoom scales the focal length from 1 to `zoom_max`."""

    def __init__(self, settings: CameraSettings) -> None:
        self._settings = settings
        self.zoom = Lever(0.0)
        self.focus = Lever(100.0)
        self.autofocus = True

    def reset(self, now_s: float) -> None:
        """As after power-up."""
        self.zoom.put(0.0, now_s)
        self.focus.put(100.0, now_s)
        self.autofocus = True

    def focal_length_mm(self, now_s: float) -> float:
        """The lens's focal length now."""
        return self._widest_mm() * self._factor(now_s)

    def horizontal_field_of_view(self, now_s: float) -> float:
        """Radians across the picture now."""
        sensor = self._settings.sensor_width_mm
        return 2.0 * math.atan(sensor / 2.0 / self.focal_length_mm(now_s))

    def vertical_field_of_view(self, now_s: float) -> float:
        """Radians from top to bottom of the picture now."""
        ratio = self._settings.height_px / self._settings.width_px
        return 2.0 * math.atan(math.tan(self.horizontal_field_of_view(now_s) / 2.0) * ratio)

    def order_zoom(self, kind: float, value: float, now_s: float) -> bool:
        """MAV_CMD_SET_CAMERA_ZOOM; False where the order makes no sense."""
        if kind == FOCAL_LENGTH and value > 0.0:
            return self._zoom_to(value / self._widest_mm(), now_s)
        if kind == HORIZONTAL_FIELD_OF_VIEW and 0.0 < value < 180.0:
            wide = math.tan(self._settings.horizontal_field_of_view_rad / 2.0)
            return self._zoom_to(wide / math.tan(math.radians(value) / 2.0), now_s)
        return self.zoom.order(kind, value, now_s)

    def order_focus(self, kind: float, value: float, now_s: float) -> bool:
        """MAV_CMD_SET_CAMERA_FOCUS; False where the order makes no sense."""
        if kind in (AUTO, AUTO_SINGLE, AUTO_CONTINUOUS):
            self.autofocus = kind != AUTO_SINGLE
            self.focus.put(100.0, now_s)
            return True
        if kind == METRES and value >= NEAREST_M:
            self.focus.put(100.0 * (1.0 - NEAREST_M / value), now_s)
        elif not self.focus.order(kind, value, now_s):
            return False
        self.autofocus = False
        return True

    def _zoom_to(self, factor: float, now_s: float) -> bool:
        most = self._settings.zoom_max
        if not 1.0 - 1e-6 <= factor <= most + 1e-6 or most == 1.0:
            return False
        self.zoom.put(100.0 * (factor - 1.0) / (most - 1.0), now_s)
        return True

    def _factor(self, now_s: float) -> float:
        return 1.0 + (self._settings.zoom_max - 1.0) * self.zoom.level_at(now_s) / 100.0

    def _widest_mm(self) -> float:
        wide = math.tan(self._settings.horizontal_field_of_view_rad / 2.0)
        return self._settings.sensor_width_mm / 2.0 / wide
