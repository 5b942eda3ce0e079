"""The colours of the simulated world: what makes a class recognisable by its hue.

HSV as OpenCV has it (hue 0..179, saturation and value 0..255). Everything that is not an object
(ground, water, roads, buildings, trees) stays below `GROUND_MAX_SATURATION`; every object's main
surface is at least `OBJECT_MIN_SATURATION` and lies in its class's hue band. Windows, tyres, skin
and white patches of cattle are unsaturated details on it.

    class          hue        what is coloured
    person         150..179   clothing, torso and legs (magenta to red)
    car            92..124    bodywork and roof (cyan-blue to blue)
    truck          62..84     cab and load (green)
    bus            24..34     bodywork (yellow)
    boat           128..144   hull (violet)
    cattle, horse  5..17      coat (brown), about 2 m long
    dog            5..17      coat (brown), under 1 m long
"""

import colorsys
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from onboard.messages import ObjectClass

Bgr = tuple[int, int, int]

GROUND_MAX_SATURATION = 80
OBJECT_MIN_SATURATION = 125


@dataclass(frozen=True, slots=True, kw_only=True)
class HsvBand:
    """Inclusive limits of a class's main colour, OpenCV's HSV."""

    hue: tuple[int, int]
    saturation: tuple[int, int]
    value: tuple[int, int]


BANDS = MappingProxyType(
    {
        ObjectClass.PERSON: HsvBand(hue=(150, 179), saturation=(150, 235), value=(120, 225)),
        ObjectClass.CAR: HsvBand(hue=(92, 124), saturation=(135, 225), value=(110, 225)),
        ObjectClass.TRUCK: HsvBand(hue=(62, 84), saturation=(135, 215), value=(95, 185)),
        ObjectClass.BUS: HsvBand(hue=(24, 34), saturation=(165, 230), value=(170, 235)),
        ObjectClass.BOAT: HsvBand(hue=(128, 144), saturation=(130, 210), value=(120, 210)),
        ObjectClass.CATTLE: HsvBand(hue=(5, 17), saturation=(135, 205), value=(70, 150)),
        ObjectClass.HORSE: HsvBand(hue=(5, 17), saturation=(135, 205), value=(60, 130)),
        ObjectClass.DOG: HsvBand(hue=(5, 17), saturation=(135, 205), value=(70, 150)),
    }
)

SKIN: Bgr = (122, 146, 164)
HAIR: Bgr = (34, 38, 42)
GLASS: Bgr = (70, 62, 56)
TYRE: Bgr = (30, 30, 32)
WHITE_PATCH: Bgr = (205, 212, 216)
SKY: Bgr = (226, 214, 204)
HAZE: Bgr = (150, 172, 176)
TRUNK: Bgr = (52, 60, 68)


@lru_cache(maxsize=4096)
def colour(object_class: ObjectClass, variant: float) -> Bgr:
    """A colour in a class's band; `variant` in 0..1 picks it, the same one always for the same."""
    band = BANDS[object_class]
    hue = _between(band.hue, variant)
    saturation = _between(band.saturation, variant * 7.31 % 1.0)
    value = _between(band.value, variant * 13.7 % 1.0)
    return bgr_from_hsv(hue, saturation, value)


def _between(limits: tuple[int, int], share: float) -> float:
    """Somewhere within limits, a little inside of them so that rounding does not leave them."""
    low, high = limits
    return low + 0.5 + (high - low - 1.0) * share


def bgr_from_hsv(hue: float, saturation: float, value: float) -> Bgr:
    """BGR bytes of an OpenCV HSV triple."""
    red, green, blue = colorsys.hsv_to_rgb(hue / 180.0, saturation / 255.0, value / 255.0)
    return round(blue * 255), round(green * 255), round(red * 255)


@lru_cache(maxsize=4096)
def shaded(colour: Bgr, factor: float) -> Bgr:
    """The same hue and saturation, darker or lighter."""
    blue, green, red = (min(255, round(channel * factor)) for channel in colour)
    return blue, green, red
