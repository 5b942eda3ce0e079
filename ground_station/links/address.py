"""Link addresses as MAVLink's tools write them: `udpin:0.0.0.0:14550`, `serial:///dev/ttyUSB0:57600`.

MAVSDK writes `udpin://`, `tcpout://`, `serial://`; pymavlink and MAVProxy write `udpin:`, `udp:`
(which waits), `tcp:`, `tcpin:` and `/dev/ttyUSB0,57600`. All are read; ours is `kind:rest`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl

from missions.errors import BadInput

_NETWORK = re.compile(r"(?P<host>\[[0-9a-fA-F:.%]+\]|[^:/\[\]?]*):(?P<port>\d{1,5})")
_SERIAL = re.compile(r"(?P<path>[^:,?]+)(?:[:,](?P<baud>\d{2,8}))?")
DEFAULT_BAUD = 57_600
FASTEST_REPLAY = 1000.0
SPELLINGS = (
    "udpin:HOST:PORT, udpout:HOST:PORT, tcp:HOST:PORT, tcpin:HOST:PORT, serial:/dev/ttyX:57600 "
    "or replay:FILE?speed=4&from=60"
)


class LinkKind(StrEnum):
    """`udpin` and `tcpin` wait for vehicles; `udpout`, `tcp` and `serial` go to one."""

    UDP_IN = "udpin"
    UDP_OUT = "udpout"
    TCP = "tcp"
    TCP_IN = "tcpin"
    SERIAL = "serial"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAddress:
    """Where a link listens or whom it speaks to.

    `host` and `port` are a network's; `path` is a serial port's or a recording's; `baud` a serial
    port's; `speed` (times real time) and `from_s` (seconds from its beginning) a recording's.
    """

    kind: LinkKind
    host: str = ""
    port: int = 0
    path: str = ""
    baud: int = DEFAULT_BAUD
    speed: float = 1.0
    from_s: float = 0.0

    def __str__(self) -> str:
        if self.kind is LinkKind.SERIAL:
            return f"{self.kind}:{self.path}:{self.baud}"
        if self.kind is LinkKind.REPLAY:
            return f"{self.kind}:{self.path}?speed={self.speed:g}&from={self.from_s:g}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.kind}:{host}:{self.port}"


_KINDS = {
    "udpin": LinkKind.UDP_IN,
    "udp": LinkKind.UDP_IN,
    "udpout": LinkKind.UDP_OUT,
    "tcp": LinkKind.TCP,
    "tcpout": LinkKind.TCP,
    "tcpin": LinkKind.TCP_IN,
    "serial": LinkKind.SERIAL,
    "replay": LinkKind.REPLAY,
}


def read_link_address(text: str) -> LinkAddress:
    """The address that `text` writes.

    Raises:
        BadInput: the text is no such address.
    """
    if text.startswith("/dev/"):
        return _serial(text, text)
    word, separator, rest = text.partition(":")
    kind = _KINDS.get(word)
    if kind is None or not separator:
        raise _refused(text)
    return _READERS.get(kind, _network)(text, rest.removeprefix("//"))


def _network(text: str, rest: str) -> LinkAddress:
    kind = _KINDS[text.partition(":")[0]]
    match = _NETWORK.fullmatch(rest)
    waits = kind in (LinkKind.UDP_IN, LinkKind.TCP_IN)
    if match is None or int(match["port"]) > 65535:
        raise _refused(text)
    host = match["host"].strip("[]")
    # MAVSDK's `udp://:14540` waits on every address.
    if (not host and not waits) or (int(match["port"]) == 0 and not waits):
        raise _refused(text)
    return LinkAddress(kind=kind, host=host or "0.0.0.0", port=int(match["port"]))


def _serial(text: str, rest: str) -> LinkAddress:
    match = _SERIAL.fullmatch(rest)
    if match is None:
        raise _refused(text)
    baud = int(match["baud"] or DEFAULT_BAUD)
    return LinkAddress(kind=LinkKind.SERIAL, path=match["path"], baud=baud)


def _replay(text: str, rest: str) -> LinkAddress:
    path, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    speed = _number(text, options.pop("speed", "1"))
    from_s = _number(text, options.pop("from", "0"))
    if options or not path or not 0.0 < speed <= FASTEST_REPLAY or from_s < 0.0:
        raise _refused(text)
    return LinkAddress(kind=LinkKind.REPLAY, path=path, speed=speed, from_s=from_s)


_READERS: dict[LinkKind, Callable[[str, str], LinkAddress]] = {
    LinkKind.SERIAL: _serial,
    LinkKind.REPLAY: _replay,
}


def _number(text: str, said: str) -> float:
    try:
        return float(said)
    except ValueError:
        raise _refused(text) from None


def _refused(text: str) -> BadInput:
    return BadInput(where=f"link {text}", what=f"is not {SPELLINGS} (MAVLink)")
