"""What detection networks say, and how it is turned into boxes: a module a family."""

from onboard.detect.heads.detr import recognised_detr
from onboard.detect.heads.head import Candidates, Head, Outputs, Preparation, Shapes
from onboard.detect.heads.nanodet import recognised_nanodet
from onboard.detect.heads.yolox import recognised_yolox

__all__ = ["FAMILIES", "Candidates", "Head", "Outputs", "Preparation", "Shapes", "recognised"]

FAMILIES = (recognised_yolox, recognised_nanodet, recognised_detr)


def recognised(outputs: Shapes, size_px: tuple[int, int], class_count: int) -> Head | None:
    """The head whose names and shapes these are; None where no family fits."""
    for family in FAMILIES:
        head = family(outputs, size_px, class_count)
        if head is not None:
            return head
    return None
