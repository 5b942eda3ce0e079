"""`qyran detect`: what a model sees in a folder of pictures, as COCO results."""

import argparse
from pathlib import Path

EXAMPLES = """examples:
  qyran detect --images frames/ --model yolox_nano.onnx --json found.json
  qyran detect --images frames/ --model yolox_nano.onnx --json found.json \\
      --pitch-deg -90 --gsd-m 0.017 --budget-ms 150
  qyran detect --images val/ --model yolox_nano.onnx --json found.json --ids instances_val.json"""


def add_detect(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran detect`."""
    parser.description = (
        "Search pictures for people, vehicles and animals, each by itself, and write COCO results: "
        "a list of image_id, category_id, bbox [left, top, width, height] and score."
    )
    parser.epilog = EXAMPLES
    parser.add_argument("--images", required=True, metavar="DIR", help="a folder of pictures")
    parser.add_argument(
        "--model",
        metavar="FILE",
        help="ONNX, or ncnn's .param with .bin beside it (a known one that was fetched, else the "
        "one that comes with this package)",
    )
    parser.add_argument("--json", required=True, metavar="OUT", help="the file to write")
    parser.add_argument(
        "--ids", metavar="FILE", help="a COCO file whose `images` tell the ids (see docs/detection)"
    )
    _add_search(parser.add_argument_group("search"))
    _add_sight(parser.add_argument_group("how the pictures were taken"))


def _add_search(search: argparse._ArgumentGroup) -> None:
    search.add_argument(
        "--budget-ms",
        type=float,
        default=130.0,
        metavar="MS",
        help="CPU time a picture on average, decoding apart (%(default)g)",
    )
    search.add_argument(
        "--input-size", metavar="WxH", help="one pass at this size instead of a budget"
    )
    search.add_argument(
        "--steep-model",
        default="auto",
        metavar="FILE",
        help="a second model for views from above; none; auto (default): a known one beside "
        "--model or among the fetched",
    )
    search.add_argument(
        "--classes", metavar="NAME|FILE", help="coco, coco-ids, visdrone, or a TOML file (coco)"
    )
    search.add_argument(
        "--backend", choices=("auto", "onnxruntime", "opencv"), default="auto", help="(auto)"
    )
    search.add_argument(
        "--score", type=float, default=0.01, metavar="S", help="least (%(default)g)"
    )
    search.add_argument("--threads", type=int, default=1, metavar="N", help="(%(default)d)")


def _add_sight(sight: argparse._ArgumentGroup) -> None:
    sight.add_argument(
        "--pitch-deg", type=float, metavar="DEG", help="of the camera, for all; -90 is down"
    )
    sight.add_argument(
        "--gsd-m", type=float, metavar="M", help="a pixel's size on the ground in the middle"
    )
    sight.add_argument(
        "--field-of-view-deg", type=float, default=70.0, metavar="DEG", help="across (%(default)g)"
    )
    sight.add_argument(
        "--poses",
        metavar="FILE",
        help="JSON by file name: pitch_deg, and height_m or gsd_m, perhaps field_of_view_deg",
    )


def run_detect(args: argparse.Namespace) -> int:
    """Write the results; 1 where a picture could not be read, which is named.

    Raises:
        BadInput: a folder, a file or a number is not usable.
    """
    from missions.errors import BadInput
    from onboard.commands.sizes import size_px
    from onboard.detect.at_hand import model_at_hand
    from onboard.detect.opening import Wanted, open_search
    from onboard.detect.pictures import detect_folder
    from onboard.detect.search import SearchSettings
    from onboard.detect.sights import Sights

    for name, value, low in (("--budget-ms", args.budget_ms, 1.0), ("--threads", args.threads, 1)):
        if not value >= low:
            raise BadInput(where=f"{name} {value:g}", what=f"must be at least {low:g}")
    if not 0.0 < args.score < 1.0:
        raise BadInput(where=f"--score {args.score:g}", what="must be between 0 and 1")
    one_size = None if args.input_size is None else size_px(args.input_size)
    search = open_search(
        Wanted(
            model=model_at_hand(args.model),
            settings=SearchSettings(
                budget_s=None if one_size else args.budget_ms / 1000.0,
                size_px=one_size,
                score_floor=args.score,
            ),
            classes=args.classes,
            threads=args.threads,
            backend=args.backend,
            steep_model=args.steep_model,
        )
    )
    sights = Sights(
        pitch_deg=args.pitch_deg,
        gsd_m=args.gsd_m,
        field_of_view_deg=args.field_of_view_deg,
        poses=None if args.poses is None else Path(args.poses),
        folder=Path(args.images),
    )
    summary = detect_folder(
        Path(args.images),
        search,
        sights,
        out=Path(args.json),
        ids=None if args.ids is None else Path(args.ids),
    )
    print(summary.line())
    return 1 if summary.unreadable else 0
