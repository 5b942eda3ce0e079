"""Which of COCO's 80 classes mean what here; the others are not of interest from the air."""

from types import MappingProxyType

from onboard.messages import ObjectClass

COCO_CLASSES = 80
OBJECT_CLASS_OF_COCO = MappingProxyType(
    {
        0: ObjectClass.PERSON,
        1: ObjectClass.BICYCLE,
        2: ObjectClass.CAR,
        3: ObjectClass.MOTORCYCLE,
        5: ObjectClass.BUS,
        7: ObjectClass.TRUCK,
        8: ObjectClass.BOAT,
        16: ObjectClass.DOG,
        17: ObjectClass.HORSE,
        18: ObjectClass.SHEEP,
        19: ObjectClass.CATTLE,
    }
)
