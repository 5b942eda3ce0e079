"""`qyran sim fault`: tells a running simulation what is to go wrong."""

import argparse
import json
import socket
import tomllib
from typing import Any

DEFAULT_PORT = 14790
ANSWER_WITHIN_S = 5.0
EPILOG = """examples:
  qyran sim fault gps off --for 30
  qyran sim fault gps drift north_m_s=0.5 east_m_s=0 down_m_s=0 --drone qyran-2
  qyran sim fault link loss=0.3 delay_s=0.3 direction=down
  qyran sim fault chaos family=mission refuse.3=13
  qyran sim fault --end
  qyran sim fault --state"""


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of `qyran sim fault`."""
    parser.description = (
        "Let something go wrong in a simulation that runs with --control (or make it well again).\n"
        "WHAT is link, chaos, or a fault of the vehicle (gps, motor, battery, weather ...) with\n"
        "its state; KEY=VALUE are the keys of a scenario's [[faults]]."
    )
    parser.epilog = EPILOG
    parser.add_argument("what", nargs="?", metavar="WHAT", help="link, chaos, gps, motor ...")
    parser.add_argument(
        "rest", nargs="*", metavar="STATE | KEY=VALUE", help="a vehicle fault's state, and values"
    )
    parser.add_argument("--drone", default="all", metavar="ID", help="default: all")
    parser.add_argument("--for", type=float, metavar="S", dest="for_s", help="then it ends")
    parser.add_argument("--end", action="store_true", help="end all faults")
    parser.add_argument("--state", action="store_true", help="print what is wrong, as JSON")
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="of --control; default: %(default)s"
    )


def run(args: argparse.Namespace) -> int:
    """Ask, print the answer; 0.

    Raises:
        BadInput: the request is wrong, or nobody listens at the port.
    """
    from missions.errors import BadInput

    answer = _asked(args.host, args.port, _request(args))
    if not answer.pop("ok", False):
        raise BadInput(where=str(answer.get("where")), what=str(answer.get("what")))
    if args.state:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        print(", ".join(f"{key}: {value}" for key, value in answer.items()))
    return 0


def _request(args: argparse.Namespace) -> dict[str, Any]:
    from missions.errors import BadInput

    if args.end or args.state:
        return {"end": True} if args.end else {"state": True}
    if args.what is None:
        raise BadInput(where="WHAT", what="say what goes wrong, or --end, or --state")
    fault: dict[str, Any] = {"drone": args.drone}
    if args.for_s is not None:
        fault["for_s"] = args.for_s
    if args.what in ("link", "chaos"):
        return {"fault": fault | {args.what: _values(args.rest)}}
    if not args.rest:
        raise BadInput(where=args.what, what="name the state: off, on, stuck ...")
    state, *values = args.rest
    vehicle = {"fault": args.what, "state": state, "values": _values(values)}
    return {"fault": fault | {"vehicle": vehicle}}


def _values(pairs: list[str]) -> dict[str, Any]:
    """Each pair is a line of TOML; a word without quotes is text."""
    values: dict[str, Any] = {}
    for pair in pairs:
        key, _, text = pair.partition("=")
        for line in (f"{key} = {text}", f"{key} = {json.dumps(text)}"):
            try:
                _join(values, tomllib.loads(line))
                break
            except tomllib.TOMLDecodeError:
                continue
        else:
            from missions.errors import BadInput

            raise BadInput(where=pair, what="is not KEY=VALUE")
    return values


def _join(values: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict):
            _join(values.setdefault(key, {}), value)
        else:
            values[key] = value


def _asked(host: str, port: int, request: dict[str, Any]) -> dict[str, Any]:
    from missions.errors import BadInput

    try:
        with socket.create_connection((host, port), timeout=ANSWER_WITHIN_S) as link:
            link.sendall(json.dumps(request).encode() + b"\n")
            with link.makefile("rb") as lines:
                answer: dict[str, Any] = json.loads(lines.readline())
    except (OSError, ValueError) as error:
        what = f"no simulation answers there ({str(error).lower()}); start one with --control"
        raise BadInput(where=f"tcp port {port} on {host}", what=what) from error
    return answer
