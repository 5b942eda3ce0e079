"""MAVLink frames: names and fields to bytes, bytes to messages, with pymavlink's facts."""

from onboard.mavlink.codec.decoder import Decoder
from onboard.mavlink.codec.encoder import Encoder
from onboard.mavlink.codec.errors import BadField, MavlinkError, UnknownMessage
from onboard.mavlink.codec.message import Address, Message, Send
from onboard.mavlink.codec.signing import Signing, SigningKey, SigningStreams

__all__ = [
    "Address",
    "BadField",
    "Decoder",
    "Encoder",
    "MavlinkError",
    "Message",
    "Send",
    "Signing",
    "SigningKey",
    "SigningStreams",
    "UnknownMessage",
]
