"""MAVLink over a serial port: a telemetry radio, or the vehicle's own USB."""

import asyncio
import os
import termios
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import serial

from ground_station.links.address import LinkAddress
from ground_station.links.dialled import DialledLink, Stream, StreamEnd
from ground_station.links.link import Voice

BITS_A_BYTE = 10
QUEUED_S = 1.0
QUEUE_BYTES_AT_LEAST = 2048
READ_BYTES = 4096


class SerialStream:
    """An open port on the event loop: read and written without blocking, closed in a thread.

    Closing a port may wait for what a dead device never takes, so what is queued is thrown away
    first, and even that is not done on the loop.
    """

    def __init__(self, port: serial.Serial, end: StreamEnd, closer: ThreadPoolExecutor) -> None:
        self._port = port
        self._end = end
        self._closer = closer
        self._fd = int(port.fileno())
        self._waiting = bytearray()
        self._closing = False
        self._loop = asyncio.get_running_loop()
        os.set_blocking(self._fd, False)
        self._loop.add_reader(self._fd, self._read)

    def write(self, data: bytes) -> None:
        """Write what the port takes now; the rest follows when it takes more."""
        if not self._closing:
            self._waiting += data
            if len(self._waiting) == len(data):
                self._write()

    def get_write_buffer_size(self) -> int:
        """Bytes that the port has not taken yet."""
        return len(self._waiting)

    def is_closing(self) -> bool:
        """Whether it is over."""
        return self._closing

    def abort(self) -> None:
        """Let the port go at once."""
        self._over(None)

    def _read(self) -> None:
        try:
            data = os.read(self._fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._over(error)
            return
        if data:
            self._end.data_received(data)
        else:
            self._over(None)

    def _write(self) -> None:
        try:
            taken = os.write(self._fd, self._waiting)
        except BlockingIOError:
            taken = 0
        except OSError as error:
            self._over(error)
            return
        del self._waiting[:taken]
        if self._waiting:
            self._loop.add_writer(self._fd, self._write)
        else:
            self._loop.remove_writer(self._fd)

    def _over(self, error: OSError | None) -> None:
        if self._closing:
            return
        self._closing = True
        self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)
        self._waiting.clear()
        self._closer.submit(_let_go, self._port)
        self._end.connection_lost(error)


class SerialLink(DialledLink):
    """Opens the port again when the device comes back; at most a second's worth waits to be sent.

    The port is opened in a thread of its own: a device that hangs stalls nothing else.
    """

    def __init__(self, *, address: LinkAddress, voice: Voice) -> None:
        queue_bytes = max(QUEUE_BYTES_AT_LEAST, int(QUEUED_S * address.baud / BITS_A_BYTE))
        super().__init__(
            address=address, voice=voice, peer=(address.path, 0), queue_bytes=queue_bytes
        )
        self._thread: ThreadPoolExecutor | None = None

    async def open(self) -> None:
        """Begin to try the port."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="serial")
        await super().open()

    async def close(self) -> None:
        """Let the device go."""
        await super().close()
        if self._thread is not None:
            self._thread.shutdown(wait=False)

    async def _dial(self) -> tuple[Stream, StreamEnd]:
        assert self._thread is not None
        path, baud = self.address.path, self.address.baud
        opened = partial(serial.Serial, path, baudrate=baud, exclusive=True)
        port = await asyncio.get_running_loop().run_in_executor(self._thread, opened)
        end = StreamEnd(self)
        return SerialStream(port, end, self._thread), end


def _let_go(port: serial.Serial) -> None:
    with suppress(OSError, termios.error):
        termios.tcflush(port.fileno(), termios.TCIOFLUSH)
    with suppress(OSError):
        port.close()
