"""Sweeps and corridors as items that QGroundControl can edit, where plan and file allow it."""

from dataclasses import replace
from pathlib import Path

from missions.asked.asking import Asked, Made
from missions.asked.camera import asked_camera
from missions.camera import CameraModel
from missions.files.qgc_editable import Pictures, with_corridor, with_survey
from missions.plan import Plan

STRAIGHT_DOWN_DEG = -90.0
NO_FLY_NOTE = "an edited survey or corridor would be flown over the no-fly zones"


def editable(plan: Plan, asked: Asked, made: Made, file: Path) -> Plan:
    """The plan with its pattern as one item that QGroundControl edits; as it is where it has none.

    QGroundControl has such an item for one area and for one line, without following the ground.
    """
    args, shapes = asked.args, asked.shapes
    if args.plain_items or args.above_ground or file.suffix.lower() != ".plan":
        return plan
    pictures = _pictures(asked, made)
    if args.pattern == "sweep" and len(shapes.areas) == 1:
        edited = with_survey(plan, shapes.areas[0], made.path, pictures)
    elif args.pattern == "corridor" and len(shapes.lines) == 1:
        passes = made.path.figures.get("passes", 1.0)
        width = args.width_m or passes * pictures.spacing_m
        edited = with_corridor(plan, shapes.lines[0], made.path, pictures, width_m=width)
    else:
        return plan
    if shapes.no_fly and edited.complex_items:
        return replace(edited, notes=(*edited.notes, NO_FLY_NOTE))
    return edited


def _pictures(asked: Asked, made: Made) -> Pictures:
    args, sight = asked.args, made.sight
    return Pictures(
        spacing_m=sight.swath_m,
        trigger_m=sight.trigger_distance_m,
        camera=_camera(asked),
        side_overlap=args.overlap or 0.0,
        front_overlap=args.front_overlap or 0.0,
    )


def _camera(asked: Asked) -> CameraModel | None:
    """The camera that QGroundControl would space lines by: it knows none that looks ahead."""
    args = asked.args
    if args.swath_m is not None or args.gimbal_pitch_deg != STRAIGHT_DOWN_DEG:
        return None
    return asked_camera(args)
