"""A socket that sends frames to one address, and counts those that nobody took."""

import socket
from types import TracebackType
from typing import Any

from missions.errors import BadInput


class UdpOut:
    """Sends datagrams to one host and port. Used as a context."""

    def __init__(self, host: str, port: int) -> None:
        self.sent = 0
        self.refused = 0
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        except OSError as error:
            said = (error.strerror or str(error)).lower()
            raise BadInput(where=f"udpout:{host}:{port}", what=said) from error
        family, kind, protocol, _, end = found[0]
        self._end: Any = end
        self._socket = socket.socket(family, kind, protocol)

    def __enter__(self) -> "UdpOut":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def send(self, frame: bytes) -> None:
        """Send one frame; one that the system refuses is counted."""
        try:
            self._socket.sendto(frame, self._end)
            self.sent += 1
        except OSError:
            self.refused += 1
