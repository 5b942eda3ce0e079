"""What the detector that is trained here tells apart, in the order of its outputs."""

CLASSES = ("person", "car", "truck", "bus", "cattle", "horse", "sheep", "boat")
NUMBER_OF = {name: number for number, name in enumerate(CLASSES)}


def class_map_text() -> str:
    """The class map that lies beside the trained file, as `qyran detect --classes` reads it."""
    rows = "\n".join(f'{number} = "{name}"' for number, name in enumerate(CLASSES))
    return f"count = {len(CLASSES)}\n[classes]\n{rows}\n"
