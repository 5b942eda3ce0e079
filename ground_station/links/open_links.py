"""The one table of what stands behind each kind of address."""

from collections.abc import Callable

from ground_station.links.address import LinkAddress, LinkKind
from ground_station.links.link import Link, Voice
from ground_station.links.tcp import TcpLink, TcpServerLink
from ground_station.links.udp import UdpLink


def new_link(address: LinkAddress, voice: Voice) -> Link:
    """The link behind an address, not opened yet."""
    return _MAKERS[address.kind](address, voice)


def _udp(address: LinkAddress, voice: Voice) -> Link:
    return UdpLink(address=address, voice=voice)


def _tcp(address: LinkAddress, voice: Voice) -> Link:
    return TcpLink(address=address, voice=voice)


def _tcp_server(address: LinkAddress, voice: Voice) -> Link:
    return TcpServerLink(address=address, voice=voice)


def _serial(address: LinkAddress, voice: Voice) -> Link:
    from ground_station.links.serial_port import SerialLink

    return SerialLink(address=address, voice=voice)


def _replay(address: LinkAddress, voice: Voice) -> Link:
    from ground_station.links.replay import ReplayLink

    return ReplayLink(address=address, voice=voice)


_MAKERS: dict[LinkKind, Callable[[LinkAddress, Voice], Link]] = {
    LinkKind.UDP_IN: _udp,
    LinkKind.UDP_OUT: _udp,
    LinkKind.TCP: _tcp,
    LinkKind.TCP_IN: _tcp_server,
    LinkKind.SERIAL: _serial,
    LinkKind.REPLAY: _replay,
}
