"""Link addresses are read as written, or refused by name."""

import pytest

from ground_station.links.address import LinkKind, read_link_address
from missions.errors import BadInput


@pytest.mark.parametrize("text", ["udpin:127.0.0.1:14540", "udpin://127.0.0.1:14540"])
def test_both_spellings_of_an_address_are_read(text: str) -> None:
    address = read_link_address(text)
    assert (address.kind, address.host, address.port) == (LinkKind.UDP_IN, "127.0.0.1", 14540)


@pytest.mark.parametrize("text", ["", "udp:1", "udpin:host", "udpin:host:70000", "tcp:a:1"])
def test_what_is_no_address_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_link_address(text)
    assert text in str(refusal.value)
