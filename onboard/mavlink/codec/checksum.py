"""MAVLink's frame checksum: CRC-16/MCRF4XX (X.25 without the final inversion).

MAVLink's CRC is the bit-reflected form of the one that `binascii.crc_hqx` computes in C, so bytes
are bit-reversed on the way in and the result on the way out. A test holds it against pymavlink.
"""

from binascii import crc_hqx

REVERSED_BYTE = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))
REVERSED_WORD = tuple(
    REVERSED_BYTE[value & 0xFF] << 8 | REVERSED_BYTE[value >> 8] for value in range(65536)
)


def checksum(frame_body: bytes, seed: bytes = b"") -> int:
    """CRC of `frame_body` (the frame after its magic byte) followed by the message's seed byte."""
    reflected = crc_hqx((frame_body + seed).translate(REVERSED_BYTE), 0xFFFF)
    return REVERSED_WORD[reflected]
