"""The way to a hub: durable messages, then pictures, and what is live and may be lost."""

from onboard.uplink.live import LiveUplink
from onboard.uplink.settings import UplinkSettings
from onboard.uplink.uplink import Uplink

__all__ = ["LiveUplink", "Uplink", "UplinkSettings"]
