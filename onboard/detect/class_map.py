"""Which of a model's classes mean what here; the others are not of interest from the air.

A file is TOML: `count`, how many classes the model has, and a table `[classes]` from the number of
a class, from 0, to its name here. It is given with `--classes`, or lies beside the model under the
model's name and `.classes.toml`.
"""

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from missions.errors import BadInput
from missions.toml_file import read_table
from onboard.detect.coco import COCO_CLASSES, OBJECT_CLASS_OF_COCO
from onboard.messages import ObjectClass

SUFFIX = ".classes.toml"


@dataclass(frozen=True, slots=True)
class ClassMap:
    """`count` is how many classes the model tells apart, wanted or not."""

    name: str
    count: int
    of_index: MappingProxyType[int, ObjectClass]

    @property
    def wanted(self) -> list[int]:
        """The model's numbers of the classes that mean something here, ascending."""
        return sorted(self.of_index)

    @property
    def classes(self) -> tuple[ObjectClass, ...]:
        """What each of the wanted numbers means."""
        return tuple(self.of_index[index] for index in self.wanted)


# COCO's own ids leave gaps: 80 classes with numbers up to 90.
COCO_IDS = (1, 2, 3, 4, 6, 8, 9, 18, 19, 20, 21)
BUILT_IN = {
    "coco": ClassMap("coco", COCO_CLASSES, OBJECT_CLASS_OF_COCO),
    "coco-ids": ClassMap(
        "coco-ids",
        91,
        MappingProxyType(dict(zip(COCO_IDS, OBJECT_CLASS_OF_COCO.values(), strict=True))),
    ),
    "visdrone": ClassMap(
        "visdrone",
        10,
        MappingProxyType(
            {
                0: ObjectClass.PERSON,
                1: ObjectClass.PERSON,
                2: ObjectClass.BICYCLE,
                3: ObjectClass.CAR,
                4: ObjectClass.CAR,
                5: ObjectClass.TRUCK,
                6: ObjectClass.MOTORCYCLE,
                7: ObjectClass.MOTORCYCLE,
                8: ObjectClass.BUS,
                9: ObjectClass.MOTORCYCLE,
            }
        ),
    ),
}


def class_map(given: str | None, model: Path) -> ClassMap:
    """The one that is named or in a file; without either, that beside the model, or COCO's.

    Raises:
        BadInput: there is no such file, or it is no class map.
    """
    if given in BUILT_IN:
        return BUILT_IN[given]
    beside = model.with_name(model.name + SUFFIX)
    if given is None and not beside.is_file():
        return BUILT_IN["coco"]
    return _read(beside if given is None else Path(given).expanduser())


def _read(file: Path) -> ClassMap:
    content = read_table(file, named=f"class map {file}")
    count, classes = content.get("count"), content.get("classes")
    if not isinstance(count, int) or not isinstance(classes, dict) or not classes:
        what = "wants `count` and a table [classes] from numbers to names"
        raise BadInput(where=f"class map {file}", what=what)
    try:
        found = {int(index): ObjectClass(name) for index, name in classes.items()}
    except ValueError as error:
        known = ", ".join(ObjectClass)
        raise BadInput(where=f"class map {file}", what=f"{error}; known are {known}") from error
    if min(found) < 0 or max(found) >= count:
        what = f"classes have numbers from 0 to {count - 1}, not {min(found)} to {max(found)}"
        raise BadInput(where=f"class map {file}", what=what)
    return ClassMap(file.name, count, MappingProxyType(found))
