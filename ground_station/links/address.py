"""Link addresses as PX4's own tools write them: `udpin:0.0.0.0:14550`, `udpout:10.0.0.2:14550`."""

import re
from dataclasses import dataclass
from enum import StrEnum

from missions.errors import BadInput

PATTERN = re.compile(r"(?P<kind>udpin|udpout)(?::|://)(?P<host>[^:/]+):(?P<port>\d{1,5})")


class LinkKind(StrEnum):
    """`udpin` waits on a local port for vehicles; `udpout` speaks first to a remote one."""

    UDP_IN = "udpin"
    UDP_OUT = "udpout"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAddress:
    """Where a link listens or whom it speaks to."""

    kind: LinkKind
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.host}:{self.port}"


def read_link_address(text: str) -> LinkAddress:
    """The address that `text` writes.

    Raises:
        BadInput: the text is no such address.
    """
    match = PATTERN.fullmatch(text)
    if match is None or not 0 <= int(match["port"]) <= 65535:
        raise BadInput(
            where=f"link {text}", what="is not udpin:HOST:PORT or udpout:HOST:PORT (MAVLink)"
        )
    return LinkAddress(kind=LinkKind(match["kind"]), host=match["host"], port=int(match["port"]))
