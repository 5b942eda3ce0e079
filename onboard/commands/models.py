"""`qyran models`: published detection weights; listed, verified and fetched."""

import argparse
import sys
from pathlib import Path

EXAMPLES = """examples:
  qyran models
  qyran models verify yolox_nano.onnx
  qyran models fetch yolox-nano
  qyran models fetch yolox-nano --mirror http://10.0.0.5/models"""


def add_models(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran models`."""
    parser.description = (
        "Published weights that are known here: list them, tell whether files are what they are "
        "called, or fetch them from their authors' releases or a mirror. None is AGPL."
    )
    parser.epilog = EXAMPLES
    parser.add_argument(
        "action", nargs="?", choices=("list", "verify", "fetch"), default="list", help="(list)"
    )
    parser.add_argument("names", nargs="*", metavar="FILE|NAME", help="files, or models to fetch")
    parser.add_argument("--folder", metavar="DIR", help="where models are kept (QYRAN_MODELS)")
    parser.add_argument(
        "--mirror", metavar="URL|DIR", help="take the files from here, by their names"
    )
    parser.add_argument(
        "--trust-new", action="store_true", help="keep a file whose digest is not known yet"
    )
    parser.add_argument("--json", action="store_true", help="the list as JSON")


def run_models(args: argparse.Namespace) -> int:
    """0; 1 where a file is not what it should be or could not be fetched.

    Raises:
        BadInput: no model or file of that name.
        Failed: a file could not be fetched, or came altered.
    """
    from missions.errors import BadInput
    from onboard.detect.registry import models_folder

    folder = models_folder() if args.folder is None else Path(args.folder).expanduser()
    if args.action == "list":
        return _list(folder, as_json=args.json)
    if not args.names:
        raise BadInput(where=f"qyran models {args.action}", what="name at least one")
    if args.action == "verify":
        return _verify([Path(name).expanduser() for name in args.names])
    return _fetch(args.names, folder, args.mirror, trust_new=args.trust_new)


def _list(folder: Path, *, as_json: bool) -> int:
    import json

    from onboard.detect.registry import known_models, state_in

    rows = [
        {
            "name": model.name,
            "about": model.about,
            "role": model.role,
            "licence": model.licence,
            "authors": model.authors,
            "state": state_in(model, folder),
            "files": [
                {"name": each.name, "url": each.url, "sha256": each.sha256} for each in model.files
            ],
        }
        for model in known_models()
    ]
    if as_json:
        json.dump({"folder": str(folder), "models": rows}, sys.stdout, indent=1)
        print()
        return 0
    for row in rows:
        print(f"{row['name']:<20} {row['state']:<8} {row['licence']:<11} {row['about']}")
    print(f"kept in {folder}")
    return 0


def _verify(files: list[Path]) -> int:
    from onboard.detect.registry import known_by_digest, sha256_of

    strangers = 0
    for file in files:
        digest = sha256_of(file)
        model = known_by_digest(digest)
        strangers += model is None
        name = "not a known file" if model is None else f"{model.name}, {model.licence}"
        print(f"{file}: {name}; sha256 {digest}")
    return 1 if strangers else 0


def _fetch(names: list[str], folder: Path, mirror: str | None, *, trust_new: bool) -> int:
    from onboard.detect.fetching import fetch
    from onboard.detect.registry import model_named

    for model in [model_named(name) for name in names]:
        for line in fetch(model, folder, mirror=mirror, trust_new=trust_new):
            print(line)
    return 0
