"""`qyran train`: teach the small detector from rendered views; go on; export; judge; hand over."""

import argparse
import importlib.util
from pathlib import Path

from missions.errors import BadInput

EXAMPLES = """examples:
  qyran train --out training/ --steps 30000
  qyran train --out training/ --resume                # goes on where it was left
  qyran train --out training/ --resume --steps 9000   # ends there, the rate falling over the end
  qyran train --out training/ --finish --into weights/
  qyran train --show 24 --out views/                  # pictures of the views, no training"""
HELD_OUT = 600


def add_train(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran train`."""
    parser.description = (
        "Train the detector that ships with the package on views that are rendered as it learns. "
        "Wants PyTorch: pip install qyran[train]. What is learnt is kept every four minutes."
    )
    parser.epilog = EXAMPLES
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where it is kept")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="(%(default)d)")
    parser.add_argument(
        "--steps", type=int, metavar="N", help="how many in all (30000, or as it was begun)"
    )
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="(%(default)s)")
    parser.add_argument(
        "--batch",
        type=int,
        default=8,
        metavar="N",
        help="views a step; more on a GPU (%(default)d)",
    )
    parser.add_argument(
        "--renderers", type=int, default=1, metavar="N", help="processes that render (%(default)d)"
    )
    parser.add_argument("--resume", action="store_true", help="go on from what --out holds")
    parser.add_argument(
        "--finish", action="store_true", help="train no more: export, check and judge what is there"
    )
    parser.add_argument(
        "--into", type=Path, metavar="DIR", help="with --finish: put model and class map here too"
    )
    parser.add_argument(
        "--judge", type=int, default=HELD_OUT, metavar="N", help="held-out views (%(default)d)"
    )
    parser.add_argument("--show", type=int, metavar="N", help="only write N views with their boxes")


def run_train(args: argparse.Namespace) -> int:
    """Train and export; 0 when done.

    Raises:
        BadInput: PyTorch is not there, a number or the folder is not usable.
    """
    for name in ("steps", "batch", "renderers", "judge", "show"):
        value = getattr(args, name)
        if value is not None and value < 1:
            raise BadInput(where=f"--{name} {value}", what="must be at least 1")
    args.out.mkdir(parents=True, exist_ok=True)
    if args.show is not None:
        return _show(args)
    _want_torch(args.device)
    if not args.finish:
        _train(args)
    return _finish(args)


def _want_torch(device: str) -> None:
    for name in ("torch", "onnx"):
        if importlib.util.find_spec(name) is None:
            raise BadInput(where=name, what="is not installed here (pip install qyran[train])")
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise BadInput(where="--device cuda", what="PyTorch finds no GPU")


def _train(args: argparse.Namespace) -> None:
    from sim.training.learning.course import USUAL_STEPS, Course, begun, gone_on

    if args.resume:
        training = gone_on(args.out, steps=args.steps, device=args.device, renderers=args.renderers)
    else:
        course = Course(
            seed=args.seed,
            steps=args.steps or USUAL_STEPS,
            batch=args.batch,
            device=args.device,
            renderers=args.renderers,
        )
        training = begun(course, args.out)
    training.run()


def _finish(args: argparse.Namespace) -> int:
    from sim.training.judging import Reader, judge, table
    from sim.training.learning.exporting import exported, handed_over
    from sim.training.render import VIEW_PX

    model = exported(args.out)
    figures = table(judge(Reader(model), range(args.judge), VIEW_PX))
    (args.out / "figures.md").write_text(figures + "\n", encoding="utf-8")
    print(f"AP50 in percent (objects) on {args.judge} held-out views\n\n{figures}\n")
    if args.into is not None:
        model = handed_over(model, args.into)
    print(f"{model}: {model.stat().st_size / 1e6:.2f} MB")
    return 0


def _show(args: argparse.Namespace) -> int:
    import cv2

    from sim.training.classes import CLASSES
    from sim.training.render import VIEW_PX, rendered

    for number in range(args.show):
        view = rendered(args.seed, number, VIEW_PX)
        picture = view.picture.copy()
        for box, kind in zip(view.boxes.astype(int).tolist(), view.classes.tolist(), strict=True):
            cv2.rectangle(picture, box[:2], box[2:], (0, 255, 255))
            cv2.putText(picture, CLASSES[kind], (box[0], box[1] - 2), 0, 0.35, (0, 255, 0))
        cv2.imwrite(str(args.out / f"{number:05d} {view.kind}.png"), picture)
    return 0
