"""The Security Metadata Local Set (MISB ST 0102) that every packet must carry, at its least."""

from onboard.telemetry.misb.klv import items, set_bytes

CLASSIFICATION, COUNTRY_METHOD, COUNTRY, OBJECT_METHOD, OBJECT_COUNTRIES, VERSION = (
    1,
    2,
    3,
    12,
    13,
    22,
)
UNCLASSIFIED = 1
ISO_3166_THREE_LETTERS = 2
ST_0102_VERSION = 12
CLASSIFICATIONS = {
    1: "unclassified",
    2: "restricted",
    3: "confidential",
    4: "secret",
    5: "top secret",
}


def unclassified(country: str) -> bytes:
    """Unclassified, by and about a country of three ISO 3166 letters."""
    return set_bytes(
        (
            (CLASSIFICATION, bytes([UNCLASSIFIED])),
            (COUNTRY_METHOD, bytes([ISO_3166_THREE_LETTERS])),
            (COUNTRY, f"//{country}".encode()),
            (OBJECT_METHOD, bytes([ISO_3166_THREE_LETTERS])),
            (OBJECT_COUNTRIES, country.encode("utf-16-be")),
            (VERSION, ST_0102_VERSION.to_bytes(2, "big")),
        )
    )


def classification(data: bytes) -> str:
    """What a set says, in words.

    Raises:
        KlvFault: it is no set.
    """
    value = dict(items(data)).get(CLASSIFICATION, b"")
    return CLASSIFICATIONS.get(int.from_bytes(value, "big"), "not told")
