"""The things that move or stand in the world, as arrays, and a picture of them at one instant."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onboard.messages import ObjectClass

Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

CLASSES = tuple(ObjectClass)
CODE = {object_class: code for code, object_class in enumerate(CLASSES)}

# Length, width and height in metres.
TYPICAL_SIZE_M: dict[ObjectClass, tuple[float, float, float]] = {
    ObjectClass.PERSON: (0.35, 0.5, 1.72),
    ObjectClass.CAR: (4.4, 1.8, 1.46),
    ObjectClass.TRUCK: (8.0, 2.5, 3.2),
    ObjectClass.BUS: (11.0, 2.55, 3.1),
    ObjectClass.BOAT: (6.0, 1.9, 1.0),
    ObjectClass.CATTLE: (2.2, 0.75, 1.42),
    ObjectClass.HORSE: (2.3, 0.65, 1.6),
    ObjectClass.DOG: (0.8, 0.3, 0.6),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Some objects' lasting properties: ids, class codes (n,), sizes (n, 3) m, looks (n,) 0..1."""

    ids: tuple[str, ...]
    codes: IntArray
    size_m: Array
    look: Array

    @staticmethod
    def of(object_class: ObjectClass, count: int, rng: np.random.Generator) -> "Population":
        """`count` objects of a class, each a few per cent larger or smaller than typical."""
        return Population.mixed((object_class,) * count, rng)

    @staticmethod
    def mixed(classes: tuple[ObjectClass, ...], rng: np.random.Generator) -> "Population":
        """Objects of the given classes; ids are given later, when the world is whole."""
        typical = np.array([TYPICAL_SIZE_M[each] for each in classes]).reshape(-1, 3)
        scale = rng.uniform(0.94, 1.06, (len(classes), 1))
        return Population(
            ids=(),
            codes=np.array([CODE[each] for each in classes], dtype=np.int64),
            size_m=typical * scale,
            look=rng.random(len(classes)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Every object at one instant.

    `en` is (n, 2) metres in the district's plane, of the middle on the ground; `heading_rad` is
    clockwise from the plane's north; `size_m` is (n, 3) length, width, height; `stride` is the
    distance walked in metres (it swings the legs); `codes` index `CLASSES`.
    """

    now_s: float
    ids: tuple[str, ...]
    codes: IntArray
    en: Array
    heading_rad: Array
    size_m: Array
    look: Array
    stride: Array


def numbered(populations: tuple[Population, ...]) -> Population:
    """All populations as one, with ids by class and number such as `person-0012`."""
    codes = np.concatenate([each.codes for each in populations])
    seen: dict[int, int] = {}
    ids = []
    for code in codes.tolist():
        seen[code] = seen.get(code, 0) + 1
        ids.append(f"{CLASSES[code].value}-{seen[code]:04d}")
    return Population(
        ids=tuple(ids),
        codes=codes,
        size_m=np.concatenate([each.size_m for each in populations]),
        look=np.concatenate([each.look for each in populations]),
    )
