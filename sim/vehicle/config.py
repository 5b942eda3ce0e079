"""What a person may set for a simulated vehicle and for a fleet of them; read from TOML."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

StreamProfile = Literal["px4", "lean"]
LinkName = Literal["ground", "companion", "payload", "gimbal"]


class VehicleConfig(BaseModel):
    """One vehicle: who it is, where it stands and how it is set up.

    Latitude, longitude and heading in degrees; `parameters` replaces PX4's values by name. With
    `payload` a gimbal, camera, light and loudspeaker are in the same process; without, the links to
    them are UDP's. `links` are those that the vehicle has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    instance: int = Field(default=0, ge=0, le=199)
    drone_id: str = "qyran-1"
    latitude_deg: float = Field(default=44.85, ge=-90.0, le=90.0)
    longitude_deg: float = Field(default=65.51, ge=-180.0, le=180.0)
    ground_amsl_m: float = 129.0
    heading_deg: float = 0.0
    gimbal_pitch_deg: float = Field(default=-45.0, ge=-90.0, le=30.0)
    streams: StreamProfile = "lean"
    step_s: float = Field(default=0.02, gt=0.0, le=0.05)
    wind_north_m_s: float = 0.0
    wind_east_m_s: float = 0.0
    payload: bool = True
    links: tuple[LinkName, ...] = ("ground", "companion", "payload", "gimbal")
    parameters: dict[str, int | float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _payload_has_its_links(self) -> "VehicleConfig":
        if self.payload and not {"payload", "gimbal"} <= set(self.links):
            raise ValueError("a payload in the process wants the links payload and gimbal")
        return self

    @property
    def system_id(self) -> int:
        """MAVLink system id: PX4's instance plus one."""
        return self.instance + 1


class FleetConfig(BaseModel):
    """Vehicles of one process. `base_port_offset` shifts every port, so that tests run anywhere.

    `ground_host` and `companion_host` are where the vehicles send to, `bind_host` where they
    listen. The virtual clock's speed is the clock's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    vehicles: tuple[VehicleConfig, ...] = (VehicleConfig(),)
    seed: int = 1
    base_port_offset: int = Field(default=0, ge=-10_000, le=40_000)
    bind_host: str = "127.0.0.1"
    ground_host: str = "127.0.0.1"
    companion_host: str = "127.0.0.1"
    max_catch_up_s: float = Field(default=30.0, gt=0.0)
