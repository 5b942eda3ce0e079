"""`qyran geolocate`: places of pixels from a flight's telemetry, with error ellipses."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onboard.georeference.flight_view import FlightView, Told
    from onboard.georeference.job import Georeferencing, Placed
    from onboard.telemetry.flight_log import FlightLog

EXAMPLES = """examples:
  qyran geolocate --telemetry DJI_0042.SRT --camera dji-mavic-3-enterprise \\
      --picture-size 3840x2160 --pixels pixels.csv --out places.geojson
  qyran geolocate --telemetry flight.csv --camera calibrated.toml --pixels pixels.csv \\
      --landmarks landmarks.csv --terrain N44E065.hgt --out places.csv
  qyran geolocate --telemetry DJI_0042.SRT --camera dji-mavic-3-enterprise \\
      --pixels seen.csv --video DJI_0042.MP4 --misb DJI_0042.ts"""


def add_geolocate(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran geolocate`."""
    parser.description = (
        "Place pixels of a flight's pictures on the ground, each with an error ellipse; with "
        "landmarks, calibrate the camera's and the aircraft's constant errors first. --misb writes "
        "the flight as motion imagery (MISB ST 0601, targets as ST 0903) for a viewer."
    )
    parser.epilog = EXAMPLES
    files = parser.add_argument_group("files")
    files.add_argument(
        "--telemetry",
        required=True,
        metavar="FILE",
        help="DJI .srt, MISB .ts or .klv, MAVLink .tlog, or .csv",
    )
    files.add_argument(
        "--camera", required=True, metavar="NAME|FILE.toml", help="a known or a calibrated camera"
    )
    files.add_argument(
        "--pixels", metavar="FILE.csv", help="t_s or entry, u_px, v_px, perhaps id, class"
    )
    files.add_argument(
        "--landmarks",
        metavar="FILE.csv",
        help="sightings: t_s or entry, u_px, v_px, name, latitude_deg, longitude_deg, "
        "height_amsl_m; without a place: of something parked",
    )
    files.add_argument("--terrain", metavar="PATH", help="elevation tiles (level ground)")
    files.add_argument("--out", metavar="FILE", help="ends in .geojson, .json or .csv")
    _add_imagery(parser.add_argument_group("motion imagery"))
    _add_told(parser.add_argument_group("what the telemetry does not tell"))
    _add_errors(parser.add_argument_group("errors"))


def _add_imagery(imagery: argparse._ArgumentGroup) -> None:
    imagery.add_argument(
        "--misb", metavar="FILE", help=".ts: a transport stream; .klv: its metadata alone"
    )
    imagery.add_argument(
        "--video", metavar="FILE", help="H.264 or HEVC, passed into the .ts as it is coded"
    )
    imagery.add_argument(
        "--start-utc", metavar="TIME", help="when the telemetry began (as it tells, if it does)"
    )
    imagery.add_argument(
        "--misb-rate-hz", type=float, default=10.0, metavar="HZ", help="packets a second (10)"
    )
    imagery.add_argument(
        "--asynchronous", action="store_true", help="metadata without the picture's times"
    )
    imagery.add_argument("--platform", default="Qyran", metavar="NAME", help="of the aircraft")
    imagery.add_argument("--mission", default="Qyran", metavar="NAME")
    imagery.add_argument(
        "--country", default="KAZ", metavar="ABC", help="whose imagery it is: three ISO letters"
    )


def _add_told(told: argparse._ArgumentGroup) -> None:
    told.add_argument("--picture-size", metavar="WxH", help="where not the camera's own")
    told.add_argument("--ground-height-amsl-m", type=float, metavar="M", help="of level ground")
    told.add_argument("--home-height-amsl-m", type=float, metavar="M", help="of take-off")
    told.add_argument(
        "--geoid-undulation-m", type=float, metavar="M", help="for heights above the ellipsoid"
    )
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
    """Place every pixel; 1 where none could be placed, or no instant had a pose.

    Raises:
        BadInput: a file or an argument is wrong, or the telemetry lacks what was not told.
    """
    from missions.terrain import read_terrain
    from onboard.georeference.asked import read_landmarks, read_pixels
    from onboard.georeference.budget_file import budget_of
    from onboard.georeference.camera_file import camera_of, picture_camera
    from onboard.georeference.flight_view import FlightView
    from onboard.georeference.job import Georeferencing
    from onboard.telemetry.files import read_flight

    _check(args)
    log = read_flight(Path(args.telemetry))
    camera = picture_camera(camera_of(args.camera), args.picture_size)
    terrain = (
        None
        if args.terrain is None
        else read_terrain(Path(args.terrain), geoid_undulation_m=args.geoid_undulation_m)
    )
    offset_s = args.time_offset_s
    pixels = [] if args.pixels is None else read_pixels(Path(args.pixels), log, offset_s=offset_s)
    view = FlightView(log, camera, terrain, _told(args))
    job = Georeferencing(view, budget_of(args.errors), position_step_m=log.position_step_m)
    if args.landmarks is not None:
        job.calibrate(read_landmarks(Path(args.landmarks), log, offset_s=offset_s))
    answers = job.place(pixels)
    done = True
    if args.out is not None:
        done = _write_answers(args, log, job, answers)
    if args.misb is not None:
        done = _write_imagery(args, log, view, job, answers) and done
    return 0 if done else 1


def _check(args: argparse.Namespace) -> None:
    """Refuse, before any work is done, what cannot come to an answer."""
    from missions.errors import BadInput
    from onboard.georeference.answers import check_suffix
    from onboard.georeference.imagery_file import check_imagery

    if not 0.0 < args.probability < 1.0:
        raise BadInput(where=f"--probability {args.probability:g}", what="not between 0 and 1")
    if args.out is None and args.misb is None:
        raise BadInput(where="--out", what="nothing to write: give --out, --misb or both")
    if args.out is not None:
        check_suffix(Path(args.out))
        if args.pixels is None:
            raise BadInput(where="--pixels", what="is missing: --out writes their places")
    if args.misb is not None:
        check_imagery(Path(args.misb), None if args.video is None else Path(args.video))
    elif args.video is not None:
        raise BadInput(where="--video", what="goes into --misb, which is not given")
    if not 0.1 <= args.misb_rate_hz <= 120.0:
        raise BadInput(where=f"--misb-rate-hz {args.misb_rate_hz:g}", what="not 0.1 to 120")
    if len(args.country) != 3 or not (args.country.isascii() and args.country.isalpha()):
        raise BadInput(where=f"--country {args.country}", what="not three ISO 3166 letters")


def _write_answers(
    args: argparse.Namespace, log: "FlightLog", job: "Georeferencing", answers: "list[Placed]"
) -> bool:
    from onboard.georeference.answers import calibration_told, write_answers

    placed = sum(answer.outcome == "hit" for answer in answers)
    facts = {
        "telemetry": {"file": log.name, "dialect": log.dialect, "entries": len(log.poses)},
        "notes": list(log.notes),
        "placed": placed,
        "asked": len(answers),
        "sightings_without_pose": job.sightings_without_pose,
        "calibration": calibration_told(job.calibration),
    }
    write_answers(Path(args.out), answers, facts, args.probability)
    shallow = sum(answer.shallow for answer in answers)
    print(f"{placed} of {len(answers)} pixels placed, {shallow} of them shallow: {args.out}")
    return placed > 0


def _write_imagery(
    args: argparse.Namespace,
    log: "FlightLog",
    view: "FlightView",
    job: "Georeferencing",
    answers: "list[Placed]",
) -> bool:
    from onboard.georeference.encoded_video import EncodedVideo
    from onboard.georeference.imagery_file import instants, write_imagery
    from onboard.georeference.motion_imagery import MotionImagery, Naming
    from onboard.georeference.starting import started_at

    naming = Naming(
        started_at=started_at(log, args.start_utc),
        camera=Path(args.camera).stem,
        platform=args.platform,
        mission=args.mission,
        country=args.country.upper(),
        geoid_undulation_m=args.geoid_undulation_m,
    )
    video = None if args.video is None else EncodedVideo(Path(args.video))
    begin_s, end_s = log.poses[0].t_s, log.poses[-1].t_s
    if video is not None:
        begin_s = max(begin_s, args.time_offset_s)
        end_s = min(end_s, args.time_offset_s + video.duration_s)
    count = write_imagery(
        Path(args.misb),
        MotionImagery(view, job, naming),
        instants(begin_s, end_s, args.misb_rate_hz, [each.asked.t_s for each in answers]),
        answers,
        video=video,
        offset_s=args.time_offset_s,
        synchronous=not args.asynchronous,
    )
    pictures = "no video" if video is None else f"{video.count} pictures"
    print(f"{count} packets of ST 0601, {pictures}: {args.misb}")
    return count > 0


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
        geoid_undulation_m=args.geoid_undulation_m,
    )
