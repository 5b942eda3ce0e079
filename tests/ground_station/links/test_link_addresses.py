"""Link addresses are read as written by any of MAVLink's tools, or refused by name."""

import pytest

from ground_station.links.address import LinkAddress, LinkKind, read_link_address
from missions.errors import BadInput


@pytest.mark.parametrize(
    "text",
    ["udpin:127.0.0.1:14540", "udpin://127.0.0.1:14540", "udp:127.0.0.1:14540"],
)
def test_every_spelling_of_a_waiting_port_is_read(text: str) -> None:
    address = read_link_address(text)
    assert (address.kind, address.host, address.port) == (LinkKind.UDP_IN, "127.0.0.1", 14540)


@pytest.mark.parametrize("text", ["udp://:14540", "udpin:0.0.0.0:14540", "udpin::14540"])
def test_no_host_waits_on_every_address(text: str) -> None:
    assert read_link_address(text) == LinkAddress(kind=LinkKind.UDP_IN, host="0.0.0.0", port=14540)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("udpout:10.0.0.2:14550", LinkKind.UDP_OUT),
        ("tcp:10.0.0.2:14550", LinkKind.TCP),
        ("tcpout://10.0.0.2:14550", LinkKind.TCP),
        ("tcpin:10.0.0.2:14550", LinkKind.TCP_IN),
    ],
)
def test_the_kinds_of_network_links_are_read(text: str, kind: LinkKind) -> None:
    assert read_link_address(text) == LinkAddress(kind=kind, host="10.0.0.2", port=14550)


@pytest.mark.parametrize(
    "text",
    [
        "serial:/dev/ttyUSB0:921600",
        "serial:///dev/ttyUSB0:921600",
        "/dev/ttyUSB0,921600",
        "/dev/ttyUSB0:921600",
    ],
)
def test_every_spelling_of_a_serial_port_is_read(text: str) -> None:
    address = read_link_address(text)
    assert (address.kind, address.path, address.baud) == (
        LinkKind.SERIAL,
        "/dev/ttyUSB0",
        921_600,
    )


def test_a_serial_port_without_a_rate_has_a_telemetry_radios() -> None:
    assert read_link_address("serial:/dev/ttyUSB0").baud == 57_600


def test_an_ipv6_host_stands_in_brackets() -> None:
    address = read_link_address("udpout:[::1]:14550")
    assert (address.host, str(address)) == ("::1", "udpout:[::1]:14550")


def test_a_recording_is_an_address_with_speed_and_beginning() -> None:
    address = read_link_address("replay:flights/a b.tlog?speed=4&from=60")
    assert (address.path, address.speed, address.from_s) == ("flights/a b.tlog", 4.0, 60.0)


@pytest.mark.parametrize(
    "text",
    [
        "udpin:127.0.0.1:14540",
        "tcpin:0.0.0.0:5760",
        "serial:/dev/ttyUSB0:57600",
        "replay:a.tlog?speed=4&from=60",
    ],
)
def test_what_an_address_writes_reads_as_the_same(text: str) -> None:
    assert str(read_link_address(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "udp:1",
        "udpin:host",
        "udpin:host:70000",
        "udpout::14550",
        "tcp:host:0",
        "serial:",
        "replay:",
        "replay:a.tlog?speed=0",
        "replay:a.tlog?speed=nan",
        "replay:a.tlog?sped=2",
        "carrier-pigeon:home:1",
    ],
)
def test_what_is_no_address_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_link_address(text)
    assert text in str(refusal.value)
