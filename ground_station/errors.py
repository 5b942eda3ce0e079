"""What the operations centre cannot do, as a small tree with fields.

`HubError` is 'cannot be done now', and the API answers it by name; what a person at the command
line meets derives from `missions.errors`. A peer that misbehaves is refused message by message
(`ground_station.hub.reading`) and counted, not raised.
"""

from missions.errors import BadInput


class HubError(Exception):
    """Something asked of the hub cannot be done; `code` names the reason for a machine."""

    code = "refused"
    status = 409


class UnknownThing(HubError):
    """No alert, incident, picture or vehicle has this id."""

    code = "unknown"
    status = 404

    def __init__(self, *, kind: str, thing_id: str) -> None:
        self.kind = kind
        self.thing_id = thing_id
        super().__init__(f"no {kind} {thing_id}")


class TransitionRefused(HubError):
    """An alert or incident is in a state from which the wanted one cannot be reached."""

    code = "transition_refused"

    def __init__(self, *, thing_id: str, state: str, wanted: str) -> None:
        self.thing_id = thing_id
        self.state = state
        self.wanted = wanted
        super().__init__(f"{thing_id} is {state} and cannot become {wanted}")


class PictureRefused(HubError):
    """The bytes are not the picture they are said to be."""

    code = "picture_refused"

    def __init__(self, *, sha256: str, reason: str, status: int = 422) -> None:
        self.sha256 = sha256
        self.reason = reason
        self.status = status
        super().__init__(f"picture {sha256}: {reason}")


class StoreUnavailable(HubError):
    """The disk or the database took nothing: the sender keeps its copy and tries again."""

    code = "store_unavailable"
    status = 503

    def __init__(self, *, what: str, reason: str) -> None:
        self.what = what
        self.reason = reason
        super().__init__(f"{what}: {reason}")


class BadDistrict(BadInput):
    """A district file is not what it should be; `where` names file and feature."""


class BadConfiguration(BadInput):
    """A configuration file is not what it should be; `where` names file and key."""
