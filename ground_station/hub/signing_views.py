"""What the hub tells of a change of a vehicle's signing key; never the key."""

from enum import StrEnum

from ground_station.view import View


class WhoseKey(StrEnum):
    """`own`: a new one for this vehicle alone. `common`: the ground station's, for all."""

    OWN = "own"
    COMMON = "common"


class SigningResult(StrEnum):
    """`done`: the vehicle was heard to sign with the key, or without one. `refused`: the vehicle
    or this ground station said no. `failed`: nothing shows that the vehicle took it."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class SigningView(View):
    """How a change of a key ended; `reason` is empty where it is done."""

    outcome: SigningResult
    reason: str = ""
