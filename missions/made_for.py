"""What a plan was made for: the vehicle, the camera, how wide it sees, what the operator asked.

It travels within a .plan (`missions.files.qgc_made_for`), so that whoever checks or flies the plan
need not be told again.
"""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ConfigDict, Field

from missions.camera import CameraModel
from missions.vehicle import Vehicle, VehicleKind

Answer = str | int | float | bool
SHOWN_FIGURES = 3
UNITS = {
    "_m_s2": " m/s2",
    "_m_s3": " m/s3",
    "_m_s": " m/s",
    "_mm": " mm",
    "_m": " m",
    "_s": " s",
    "_deg": " degrees",
    "_px": " pixels",
    "_wh": " Wh",
    "_w": " W",
}


class MadeFor(BaseModel):
    """What is known of it; None where nobody said.

    `kind` is how the vehicle flies where its figures are not known. `asked` are the arguments that
    the plan was made with, by their names. `kept` is False where another program saved the plan and
    left only what its own items hold.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    vehicle: Vehicle | None = None
    kind: VehicleKind | None = None
    camera: CameraModel | None = None
    swath_m: float | None = Field(default=None, gt=0.0)
    asked: Mapping[str, Answer] = Field(default_factory=dict)
    kept: bool = True

    @property
    def flies_as(self) -> VehicleKind | None:
        """How the vehicle flies."""
        return self.kind if self.vehicle is None else self.vehicle.kind

    @property
    def says(self) -> str:
        """In words: `multirotor, qyran-sim, 52 m wide`."""
        flown = self.vehicle.name if self.vehicle is not None else self.kind
        seen = None if self.camera is None else self.camera.name
        wide = None if self.swath_m is None else f"{self.swath_m:.4g} m wide"
        return ", ".join(str(one) for one in (flown, seen, wide) if one is not None)


def differences(one: BaseModel, other: BaseModel) -> list[str]:
    """In words the figures in which two vehicles, or two cameras, are not alike; names apart."""
    found = list(_differences(one, other))
    more = len(found) - SHOWN_FIGURES
    return found[:SHOWN_FIGURES] + ([f"{more} more"] if more > 0 else [])


def _differences(one: BaseModel, other: BaseModel) -> Iterator[str]:
    for key in type(one).model_fields:
        a, b = getattr(one, key), getattr(other, key)
        if a == b or key in ("name", "source"):
            continue
        if isinstance(a, BaseModel) and isinstance(b, BaseModel):
            yield from _differences(a, b)
        else:
            name, unit = _name_and_unit(key)
            yield f"{name} {_told(a)}{unit}, not {_told(b)}"


def _name_and_unit(key: str) -> tuple[str, str]:
    """`climb_speed_m_s` is a climb speed in m/s."""
    for suffix, unit in UNITS.items():
        if key.endswith(suffix):
            return key.removesuffix(suffix).replace("_", " "), unit
    return key.replace("_", " "), ""


def _told(value: object) -> str:
    if value is None:
        return "unknown"
    return f"{value:g}" if isinstance(value, float) else str(value)
