"""`qyran replay`: tells what a telemetry log holds, or sends a flight to whoever listens."""

import argparse
import json
import select
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ground_station.links.address import LinkAddress, LinkKind, read_link_address
from ground_station.recording.player import Player
from ground_station.recording.reader import Record, Tlog, open_tlog
from ground_station.recording.udp_out import UdpOut
from missions.errors import BadInput
from onboard.mavlink.codec.dialect import LAYOUT_BY_ID

LONGEST_NAP_S = 0.05
PAUSED_NAP_S = 0.2
EPILOG = """examples:
  qyran replay flight.tlog                                   what the log holds
  qyran replay flight.tlog --to udpout:127.0.0.1:14550       QGroundControl shows the flight
  qyran replay flight.tlog --to udpout:127.0.0.1:14550 --speed 8 --from-item 5
  qyran hub --link "replay:flight.tlog?speed=4&from=60"      the hub shows it

while it plays, on standard input: pause, play, step [N], speed N, seek SECONDS, item N, quit"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `qyran replay`."""
    parser.description = (
        "Tell what a telemetry log (tlog, also .xz or .gz) holds; with --to, play it: what\n"
        "vehicles said is sent to a UDP address at the pace at which it was recorded."
    )
    parser.epilog = EPILOG
    parser.add_argument("file", type=Path, metavar="FILE", help="a tlog of any ground station")
    parser.add_argument("--to", metavar="URL", help="udpout:HOST:PORT; without it nothing is sent")
    parser.add_argument("--speed", type=float, default=1.0, help="times real time (default: 1)")
    begin = parser.add_mutually_exclusive_group()
    begin.add_argument("--from", dest="from_s", type=float, metavar="SECONDS", help="begin here")
    begin.add_argument("--from-item", type=int, metavar="N", help="begin as item N is flown to")
    begin.add_argument("--from-message", metavar="NAME", help="begin at the first such message")
    parser.add_argument("--until", type=float, metavar="SECONDS", help="end here")
    parser.add_argument("--all", action="store_true", help="what ground stations said, too")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Summarise or play. 0 done, 1 interrupted by the other end, 2 bad input."""
    if not 0.0 < arguments.speed <= 1000.0:
        raise BadInput(where="--speed", what="is above 0 and at most 1000")
    address = None if arguments.to is None else _udp_out(arguments.to)
    tlog = open_tlog(arguments.file)
    first = _first(tlog, arguments)
    if address is None:
        _say(summary(tlog), as_json=arguments.json)
        return 0
    player = Player(tlog, speed=arguments.speed, first=first)
    last = len(tlog) if arguments.until is None else tlog.at_time(arguments.until)
    with UdpOut(address.host, address.port) as out:
        _play(player, last, out, everything=arguments.all)
    played = {"file": str(arguments.file), "sent": out.sent, "refused": out.refused}
    _say({**played, "to": str(address), "at_s": round(player.at_s, 3)}, as_json=arguments.json)
    return 0


def summary(tlog: Tlog) -> dict[str, Any]:
    """What a log holds: when, how long, who, and how many of each message."""
    counts = sorted(tlog.counts().items(), key=lambda entry: (-entry[1], entry[0]))
    began = datetime.fromtimestamp(min(tlog.began_us / 1e6, 32503680000.0), tz=UTC)
    return {
        "file": tlog.name,
        "records": len(tlog),
        "began": began.isoformat(),
        "duration_s": round(tlog.duration_s, 3),
        "vehicles": sorted(tlog.systems - tlog.stations),
        "ground_stations": sorted(tlog.stations),
        "skipped_bytes": tlog.skipped_bytes,
        "messages": {_name(message_id): count for message_id, count in counts},
    }


def _play(player: Player, last: int, out: UdpOut, *, everything: bool) -> None:
    orders = Orders(player)
    stations = frozenset() if everything else player.tlog.stations
    while player.next < last and not orders.quit:
        for record in player.due(time.monotonic()):
            if record.number < last and _sender(record) not in stations:
                out.send(record.frame)
        nap_s = PAUSED_NAP_S if player.paused else min(player.wait_s(), LONGEST_NAP_S)
        for record in orders.obey(nap_s):
            out.send(record.frame)


class Orders:
    """What is typed while a log plays; a line that is none of them is answered with the list."""

    def __init__(self, player: Player) -> None:
        self.quit = False
        self._player = player
        self._open = True

    def obey(self, wait_s: float) -> list[Record]:
        """Wait so long for a line, and do what it says; the records that it steps over."""
        if not self._open:
            time.sleep(wait_s)
            return []
        ready, _, _ = select.select([sys.stdin], [], [], wait_s)
        if not ready:
            return []
        line = sys.stdin.readline()
        self._open = bool(line)
        return self.do(line)

    def do(self, line: str) -> list[Record]:
        """Do what one line says."""
        word, _, rest = line.strip().partition(" ")
        player, tlog = self._player, self._player.tlog
        try:
            value = float(rest) if rest else None
        except ValueError:
            value = None
        if word in ("pause", "play"):
            player.paused = word == "pause"
        elif word == "quit":
            self.quit = True
        elif word == "step":
            player.paused = True
            steps = (player.step() for _ in range(int(value or 1)))
            return [record for record in steps if record is not None]
        elif word == "speed" and value is not None and 0.0 < value <= 1000.0:
            player.speed = value
        elif word == "seek" and value is not None:
            player.seek(tlog.at_time(value))
        elif word == "item" and value is not None:
            self._item(int(value))
        elif word:
            print("pause, play, step [N], speed N, seek SECONDS, item N, quit", file=sys.stderr)
        return []

    def _item(self, seq: int) -> None:
        number = self._player.tlog.of_item(seq)
        if number is None:
            print(f"the log never says item {seq}", file=sys.stderr)
        else:
            self._player.seek(number)


def _first(tlog: Tlog, arguments: argparse.Namespace) -> int:
    if arguments.from_item is not None:
        found = tlog.of_item(arguments.from_item)
        if found is None:
            raise BadInput(where=tlog.name, what=f"never says item {arguments.from_item}")
        return found
    if arguments.from_message is not None:
        found = tlog.of_message(arguments.from_message)
        if found is None:
            raise BadInput(where=tlog.name, what=f"holds no {arguments.from_message}")
        return found
    return tlog.at_time(arguments.from_s or 0.0)


def _udp_out(text: str) -> LinkAddress:
    address = read_link_address(text)
    if address.kind is not LinkKind.UDP_OUT:
        raise BadInput(where="--to", what=f"{text} is not udpout:HOST:PORT")
    return address


def _sender(record: Record) -> int:
    return record.frame[5] if record.frame[0] == 0xFD else record.frame[3]


def _name(message_id: int) -> str:
    layout = LAYOUT_BY_ID.get(message_id)
    return f"id {message_id}" if layout is None else layout.name


def _say(said: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(said, ensure_ascii=False))
        return
    for key, value in said.items():
        if isinstance(value, dict):
            print(f"{key}:")
            for name, count in value.items():
                print(f"  {count:>8}  {name}")
        else:
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            print(f"{key.replace('_', ' ')}: {text}")
