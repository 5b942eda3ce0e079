"""What can go wrong with a payload; set by scenarios and tests while it runs."""

from dataclasses import dataclass


@dataclass(slots=True)
class PayloadFaults:
    """Faults of one payload, all off at first.

    `silent`: no device of it sends or hears anything, as with its power cut. `gimbal_stuck`: the
    motors hold where they are and say so. `storage_full`: nothing more fits. `camera_busy`: every
    picture and recording is refused for now.
    """

    silent: bool = False
    gimbal_stuck: bool = False
    storage_full: bool = False
    camera_busy: bool = False
