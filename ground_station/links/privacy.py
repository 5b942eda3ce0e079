"""Whether a key may be said in clear over a link: who else could hear it. Pure."""

from collections.abc import Collection
from ipaddress import ip_address

from ground_station.links.address import LinkKind
from ground_station.links.link import Wire

# A SiK telemetry radio says RADIO_STATUS from 51/68 into both ends of the line that it is on.
SIK_RADIO = 51 << 8 | 68


def overheard(wire: Wire, trusted: Collection[str]) -> str:
    """Why others could hear what is said on a wire; empty where they cannot.

    Secure are: a cable (a serial line on which no radio has been heard), this very machine, and
    what the configuration names, such as a tunnel.
    """
    address = wire.link.address
    if str(address) in trusted:
        return ""
    if address.kind is LinkKind.SERIAL:
        radio = SIK_RADIO in wire.decoder.senders
        return "a radio is on this line, and whoever is in its range hears it" if radio else ""
    if address.kind is LinkKind.REPLAY:
        return "it is a recording"
    if _this_machine(wire.peer[0]):
        return ""
    return f"the key would cross a network in clear to {wire.peer[0]}"


def _this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
