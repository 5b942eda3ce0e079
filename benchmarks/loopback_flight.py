"""A vehicle with a camera on loopback, in real time: MAVLink over UDP, Motion JPEG over HTTP.

Each picture carries the instant at which it is taken by the vehicle's boot clock; telemetry goes
on before and after it, as from an autopilot.
"""

import math
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from missions.geodesy import GeoPoint, LocalPlane
from onboard.mavlink.codec import Encoder

HOME = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
PLANE = LocalPlane(HOME)
GROUND_AMSL_M = 129.0
TELEMETRY_HZ = 20.0
LOOPBACK = "127.0.0.1"


def level(pitch_rad: float) -> tuple[float, float, float, float]:
    """A camera that looks north, so far up from the horizon."""
    return math.cos(pitch_rad / 2.0), 0.0, math.sin(pitch_rad / 2.0), 0.0


@dataclass(slots=True, kw_only=True)
class LoopbackFlight:
    """What may be changed while it flies: each is read anew for every picture and message.

    `picture(number)` gives the JPEG, or None for a camera that stays silent; `north_m(boot_s)` is
    where it flies. `booted_unix_s` is the vehicle's own idea of when it booted.
    """

    picture: Callable[[int], bytes | None]
    rate_hz: float
    height_m: float = 50.0
    q_ned_from_gimbal: tuple[float, float, float, float] = level(-math.pi / 4.0)
    north_m: Callable[[float], float] = lambda _: 0.0
    telemetry: bool = True
    boot_shift_s: float = 0.0
    booted_unix_s: float = field(default_factory=time.time)
    _began_s: float = field(default_factory=time.monotonic)
    _over: threading.Event = field(default_factory=threading.Event)
    shown: int = 0

    def boot_s(self) -> float:
        """The vehicle's boot clock."""
        return time.monotonic() - self._began_s + 10.0 + self.boot_shift_s

    def messages(self) -> bytes:
        """Time, place and the camera's attitude, now."""
        boot_s = self.boot_s()
        boot_ms = round(1000.0 * boot_s)
        place = PLANE.geo(0.0, self.north_m(boot_s))
        encoder = Encoder(system_id=1, component_id=1)
        utc_us = round(1e6 * (self.booted_unix_s - 10.0 + boot_s))
        return b"".join(
            (
                encoder.encode("SYSTEM_TIME", time_boot_ms=boot_ms, time_unix_usec=utc_us),
                encoder.encode(
                    "GLOBAL_POSITION_INT",
                    time_boot_ms=boot_ms,
                    lat=round(place.latitude_deg * 1e7),
                    lon=round(place.longitude_deg * 1e7),
                    alt=round(1000.0 * (GROUND_AMSL_M + self.height_m)),
                    relative_alt=round(1000.0 * self.height_m),
                ),
                encoder.encode(
                    "GIMBAL_DEVICE_ATTITUDE_STATUS",
                    time_boot_ms=boot_ms,
                    q=self.q_ned_from_gimbal,
                    flags=64,
                ),
            )
        )

    def stream(self) -> Iterator[bytes]:
        """The camera's stream, in real time, until the end."""
        while not self._over.wait(1.0 / self.rate_hz):
            jpeg, boot_s = self.picture(self.shown), self.boot_s()
            self.shown += 1
            if jpeg is not None:
                head = f"--frame\r\nContent-Length: {len(jpeg)}\r\nX-Timestamp: {boot_s:.6f}\r\n"
                yield head.encode() + b"\r\n" + jpeg + b"\r\n"

    def speak(self, port: int) -> None:
        """Send telemetry to a port until the end."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
            while not self._over.wait(1.0 / TELEMETRY_HZ):
                if self.telemetry:
                    link.sendto(self.messages(), (LOOPBACK, port))

    def end(self) -> None:
        """Land."""
        self._over.set()


@contextmanager
def flying(flight: LoopbackFlight) -> Iterator[Sequence[str]]:
    """The arguments of `qyran onboard` for a flight that is under way."""

    class Camera(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            kind = b"multipart/x-mixed-replace; boundary=frame"
            try:
                self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n")
                for part in flight.stream():
                    self.wfile.write(part)
            except OSError:
                # The aircraft's process is gone; the next one connects again.
                return

    link_port = _free_udp_port()
    with socketserver.ThreadingTCPServer((LOOPBACK, 0), Camera) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        threading.Thread(target=flight.speak, args=(link_port,), daemon=True).start()
        source = f"mjpeg+http://{LOOPBACK}:{server.server_address[1]}/stream"
        try:
            yield ["--source", source, "--link", f"udpin:{LOOPBACK}:{link_port}"]
        finally:
            flight.end()
            server.shutdown()


def _free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
