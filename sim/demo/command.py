"""The arguments of `qyran demo`."""

import argparse
import signal
import socket
from pathlib import Path
from types import FrameType

EPILOG = """examples:
  qyran demo                  fly once, then keep the page up until Ctrl-C or SIGTERM
  qyran demo --once --json    fly, judge what was found, end
  qyran demo --workspace second --hub-port 8041 --port-offset 1000
                              a second one beside the first

It takes about two minutes, longer on a slow machine: simulated time waits for whoever is late. It
says where the page is once that can be opened."""

DEFAULT_SPEED = 6.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran demo`."""
    parser.usage = "%(prog)s [--once] [options]"
    parser.description = (
        "Five simulated drones patrol an invented district of Kyzylorda. Patrols are planned,\n"
        "checked, uploaded and flown faster than life; what happens there is seen, placed,\n"
        "alerted and acted on by the real processes, and judged against the simulation's own\n"
        "record."
    )
    parser.epilog = EPILOG
    parser.add_argument(
        "--once",
        action="store_true",
        help="end once it has been judged; without it the page stays up",
    )
    parser.add_argument("--json", action="store_true", help="print the judgement as JSON on stdout")
    parser.add_argument(
        "--workspace",
        type=Path,
        default=Path("qyran-demo"),
        metavar="DIR",
        help="folder for district, plans, logs and records; emptied first (default: %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=7,
        metavar="N",
        help="which district is invented (default: %(default)s)",
    )
    parser.add_argument(
        "--speed",
        type=float,
        default=DEFAULT_SPEED,
        metavar="FACTOR",
        help="simulated seconds per real one, 0.1 to 50 (default: %(default)s)",
    )
    parser.add_argument(
        "--hub-port",
        type=int,
        default=8040,
        metavar="PORT",
        help="where the page and the API are served (default: %(default)s)",
    )
    parser.add_argument(
        "--port-offset",
        type=int,
        default=0,
        metavar="N",
        help="added to every MAVLink and camera port (default: %(default)s)",
    )
    parser.add_argument(
        "--time-limit-s",
        type=float,
        default=900.0,
        metavar="SECONDS",
        help="judge what there is by then, home or not (default: %(default)g)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the demo; 0 only if all that was scripted was found and acted on."""
    from missions.errors import BadInput
    from sim.demo.run import run_demo
    from sim.demo.workspace import Settings

    if not 0.1 <= arguments.speed <= 50.0:
        raise BadInput(where="--speed", what=f"{arguments.speed:g} is not within 0.1..50")
    _must_be_free(arguments.hub_port)
    _links_must_be_free(arguments.port_offset)
    signal.signal(signal.SIGTERM, _end_as_by_ctrl_c)
    settings = Settings(
        folder=arguments.workspace.resolve(),
        seed=arguments.seed,
        speed=arguments.speed,
        hub_port=arguments.hub_port,
        port_offset=arguments.port_offset,
    )
    return run_demo(
        settings,
        once=arguments.once,
        as_json=arguments.json,
        time_limit_s=arguments.time_limit_s,
    )


def _must_be_free(port: int) -> None:
    """A hub that already listens there would be taken for the demo's own."""
    from missions.errors import BadInput

    where = f"--hub-port {port}"
    if not 1 <= port <= 65535:
        raise BadInput(where=where, what="is not a port")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            what = "is in use; another hub or demo may be running (choose another --hub-port)"
            raise BadInput(where=where, what=what) from error


def _links_must_be_free(offset: int) -> None:
    """Before a minute of planning, not after it."""
    from missions.errors import BadInput
    from sim.demo.workspace import CAMERA_PORT, COMPANION_PORT, GCS_PORT

    drones = range(5)
    links = [GCS_PORT, *(COMPANION_PORT + each for each in drones)]
    ports = [("udp", socket.SOCK_DGRAM, port + offset) for port in links]
    ports += [("tcp", socket.SOCK_STREAM, CAMERA_PORT + offset + each) for each in drones]
    for kind, type_, port in ports:
        with socket.socket(socket.AF_INET, type_) as probe:
            if kind == "tcp":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except (OSError, OverflowError) as error:
                what = f"{kind} port {port} is not to be had: {_reason(error)}"
                raise BadInput(where=f"--port-offset {offset}", what=what) from error


def _reason(error: OSError | OverflowError) -> str:
    said = error.strerror if isinstance(error, OSError) else str(error)
    return (said or str(error)).lower()


def _end_as_by_ctrl_c(number: int, frame: FrameType | None) -> None:
    """Without this SIGTERM would leave the demo's processes behind."""
    raise KeyboardInterrupt
