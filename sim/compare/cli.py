"""Arguments of `qyran sim compare`; the work is loaded when run."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.compare.setup import Told

EPILOG = """examples:
  qyran sim compare flight.tlog
  qyran sim compare 11_patrol_lawnmower_2x.gcs.tlog.xz --streams
  qyran sim compare windy.tlog --wind 4,0 --param MPC_XY_CRUISE=10 --json

A tlog does not hold everything. Parameters come from PARAM_VALUE messages in it, from `params` of
a JSON file beside it (flight.json for flight.tlog) and from --param; wind from SIH_WIND_N and
SIH_WIND_E among those, else from how the vehicle leaned in flight; home from where it stood before
it armed; the simulation's speed, which stretches PX4's time-outs, from wall against boot time."""


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of `qyran sim compare`."""
    parser.description = (
        "Send our simulated vehicle what a recorded PX4 was sent, at the same boot times and\n"
        "after the same events, and print every difference beside its gate.\n"
        "Exit status 1: a gate fails."
    )
    parser.epilog = EPILOG
    parser.add_argument("trace", type=Path, metavar="TRACE", help="a .tlog, or .tlog.xz")
    parser.add_argument(
        "--inputs", type=Path, metavar="TRACE", help="what was sent, where TRACE is another link's"
    )
    parser.add_argument("--vehicle", type=int, metavar="SYSID", help="which, where there are more")
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter (repeated)"
    )
    parser.add_argument("--wind", metavar="NORTH,EAST", help="towards north and east, m/s")
    parser.add_argument("--home", metavar="LAT,LON,AMSL", help="where the vehicle stood")
    parser.add_argument("--speed", type=float, metavar="FACTOR", help="of PX4's simulation")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of chance (default: 1)")
    parser.add_argument("--streams", action="store_true", help="show every stream's rate")
    parser.add_argument("--json", action="store_true", help="print the gates as JSON")


def run(args: argparse.Namespace) -> int:
    """Compare and print; 1 where a gate fails."""
    import json

    from sim.compare.comparison import compare
    from sim.compare.table import as_json, table

    comparison = compare(
        args.trace,
        told=_told(args),
        system_id=args.vehicle,
        inputs=args.inputs,
        seed=args.seed,
    )
    if args.json:
        print(json.dumps(as_json(comparison)))
    else:
        print(table(comparison, all_streams=args.streams))
    return 0 if comparison.passed else 1


def _told(args: argparse.Namespace) -> "Told":
    from sim.compare.setup import Told
    from sim.vehicle.local_frame import Geo

    return Told(
        parameters=dict(_parameter(text) for text in args.param),
        wind=None if args.wind is None else _wind(args.wind),
        home=None if args.home is None else Geo(*_numbers("--home", args.home, "LAT,LON,AMSL")),
        speed=args.speed,
    )


def _wind(text: str) -> tuple[float, float]:
    north, east = _numbers("--wind", text, "NORTH,EAST")
    return north, east


def _parameter(text: str) -> tuple[str, float]:
    from missions.errors import BadInput

    name, sign, value = text.partition("=")
    try:
        return name, float(value if sign else "")
    except ValueError:
        raise BadInput(where="--param", what=f"{text!r} is not NAME=VALUE") from None


def _numbers(option: str, text: str, form: str) -> tuple[float, ...]:
    from missions.errors import BadInput

    try:
        numbers = tuple(map(float, text.split(",")))
    except ValueError:
        numbers = ()
    if len(numbers) != form.count(",") + 1:
        raise BadInput(where=option, what=f"{text!r} is not {form}")
    return numbers
