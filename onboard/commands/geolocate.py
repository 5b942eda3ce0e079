"""`qyran geolocate`: places of pixels from a flight's telemetry, with error ellipses."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onboard.georeference.flight_view import Told

EXAMPLES = """examples:
  qyran geolocate --telemetry DJI_0042.SRT --camera dji-mavic-3-enterprise \\
      --picture-size 3840x2160 --pixels pixels.csv --out places.geojson
  qyran geolocate --telemetry flight.csv --camera calibrated.toml --pixels pixels.csv \\
      --landmarks landmarks.csv --terrain N44E065.hgt --out places.csv"""


def add_geolocate(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran geolocate`."""
    parser.description = (
        "Place pixels of a flight's pictures on the ground, each with an error ellipse; with "
        "landmarks, calibrate the camera's and the aircraft's constant errors first."
    )
    parser.epilog = EXAMPLES
    files = parser.add_argument_group("files")
    files.add_argument("--telemetry", required=True, metavar="FILE", help="DJI .srt, or .csv")
    files.add_argument(
        "--camera", required=True, metavar="NAME|FILE.toml", help="a known or a calibrated camera"
    )
    files.add_argument(
        "--pixels", required=True, metavar="FILE.csv", help="t_s or entry, u_px, v_px, perhaps id"
    )
    files.add_argument(
        "--landmarks",
        metavar="FILE.csv",
        help="sightings: t_s or entry, u_px, v_px, name, latitude_deg, longitude_deg, "
        "height_amsl_m; without a place: of something parked",
    )
    files.add_argument("--terrain", metavar="PATH", help="elevation tiles (level ground)")
    files.add_argument(
        "--out", required=True, metavar="FILE", help="ends in .geojson, .json or .csv"
    )
    _add_told(parser.add_argument_group("what the telemetry does not tell"))
    _add_errors(parser.add_argument_group("errors"))


def _add_told(told: argparse._ArgumentGroup) -> None:
    told.add_argument("--picture-size", metavar="WxH", help="where not the camera's own")
    told.add_argument("--ground-height-amsl-m", type=float, metavar="M", help="of level ground")
    told.add_argument("--home-height-amsl-m", type=float, metavar="M", help="of take-off")
    told.add_argument("--geoid-undulation-m", type=float, metavar="M", help="for some terrain")
    told.add_argument("--height-above-ground-m", type=float, metavar="M", help="of the aircraft")
    told.add_argument("--gimbal-pitch-deg", type=float, metavar="DEG", help="-90 is straight down")
    told.add_argument("--gimbal-roll-deg", type=float, metavar="DEG")
    told.add_argument("--heading-deg", type=float, metavar="DEG", help="of the camera, from north")
    told.add_argument(
        "--time-offset-s",
        type=float,
        default=0.0,
        metavar="S",
        help="added to the video's times to have the telemetry's (0)",
    )


def _add_errors(errors: argparse._ArgumentGroup) -> None:
    errors.add_argument(
        "--errors",
        default="consumer",
        metavar="NAME|FILE.toml",
        help="consumer (default), surveyed, or a file of an error budget",
    )
    errors.add_argument(
        "--probability", type=float, default=0.9, metavar="P", help="that an ellipse holds (0.9)"
    )


def run_geolocate(args: argparse.Namespace) -> int:
    """Place every pixel; 1 where none could be placed.

    Raises:
        BadInput: a file or an argument is wrong, or the telemetry lacks what was not told.
    """
    from missions.errors import BadInput
    from missions.terrain import read_terrain
    from onboard.georeference.answers import calibration_told, check_suffix, write_answers
    from onboard.georeference.asked import read_landmarks, read_pixels
    from onboard.georeference.budget_file import budget_of
    from onboard.georeference.camera_file import camera_of, picture_camera
    from onboard.georeference.flight_view import FlightView
    from onboard.georeference.job import Georeferencing
    from onboard.telemetry.files import read_flight

    if not 0.0 < args.probability < 1.0:
        raise BadInput(where=f"--probability {args.probability:g}", what="not between 0 and 1")
    out = Path(args.out)
    check_suffix(out)
    log = read_flight(Path(args.telemetry))
    camera = picture_camera(camera_of(args.camera), args.picture_size)
    terrain = (
        None
        if args.terrain is None
        else read_terrain(Path(args.terrain), geoid_undulation_m=args.geoid_undulation_m)
    )
    pixels = read_pixels(Path(args.pixels), log, offset_s=args.time_offset_s)
    view = FlightView(log, camera, terrain, _told(args))
    job = Georeferencing(view, budget_of(args.errors), position_step_m=log.position_step_m)
    if args.landmarks is not None:
        job.calibrate(read_landmarks(Path(args.landmarks), log, offset_s=args.time_offset_s))
    answers = job.place(pixels)
    placed = sum(answer.outcome == "hit" for answer in answers)
    facts = {
        "telemetry": {"file": log.name, "dialect": log.dialect, "entries": len(log.poses)},
        "notes": list(log.notes),
        "placed": placed,
        "asked": len(answers),
        "sightings_without_pose": job.sightings_without_pose,
        "calibration": calibration_told(job.calibration),
    }
    write_answers(out, answers, facts, args.probability)
    shallow = sum(answer.shallow for answer in answers)
    print(f"{placed} of {len(answers)} pixels placed, {shallow} of them shallow: {out}")
    return 0 if placed else 1


def _told(args: argparse.Namespace) -> "Told":
    import math

    from onboard.georeference.flight_view import Told

    def radians(degrees: float | None) -> float | None:
        return None if degrees is None else math.radians(degrees)

    return Told(
        ground_amsl_m=args.ground_height_amsl_m,
        home_amsl_m=args.home_height_amsl_m,
        height_above_ground_m=args.height_above_ground_m,
        gimbal_pitch_rad=radians(args.gimbal_pitch_deg),
        gimbal_roll_rad=radians(args.gimbal_roll_deg),
        heading_rad=radians(args.heading_deg),
    )
