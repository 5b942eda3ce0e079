"""Motion JPEG and video, over real sockets and files."""

import http.server
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

from missions.errors import BadInput
from onboard.source import Frame, FrameSource, open_source
from onboard.source.mjpeg import MjpegSource
from onboard.source.newest import Newest
from onboard.source.video import VideoFileSource

HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"


def part(body: bytes, timestamp: str) -> bytes:
    head = f"--frame\r\nContent-Length: {len(body)}\r\nX-Timestamp: {timestamp}\r\n"
    return (head + f"X-Frame-Id: f-{timestamp}\r\n\r\n").encode() + body + b"\r\n"


def jpeg() -> bytes:
    return cv2.imencode(".jpg", np.full((54, 96, 3), 90, dtype=np.uint8))[1].tobytes()


@contextmanager
def camera(*connections: bytes) -> Iterator[str]:
    """Serves each byte string to one connection, then hangs up."""
    left = list(connections)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            if left:
                self.wfile.write(left.pop(0))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"mjpeg+http://127.0.0.1:{server.server_address[1]}/stream"
        server.shutdown()


def first(source: FrameSource, tries: int = 40) -> Frame | None:
    taken = (source.next_frame(0.25) for _ in range(tries))
    return next((frame for frame in taken if frame is not None), None)


def test_a_frame_carries_its_boot_time_and_name() -> None:
    with camera(HEAD + part(jpeg(), "12.345")) as address:
        source = open_source(address)
        frame = first(source)
        source.close()
    assert frame is not None
    assert (frame.boot_s, frame.frame_id) == (12.345, "f-12.345")
    assert frame.image.shape == (54, 96, 3)
    assert frame.jpeg == jpeg()


def test_a_stream_that_ends_is_opened_again() -> None:
    with camera(b"", HEAD + part(b"\xff\xd8broken", "1.0"), HEAD + part(jpeg(), "2.0")) as address:
        source = MjpegSource(address)
        frame = first(source)
        source.close()
    assert frame is not None
    assert frame.boot_s == 2.0
    assert source.counts.corrupt == 1
    assert source.counts.reconnects >= 2


def test_a_timestamp_that_is_no_number_is_none() -> None:
    with camera(HEAD + part(jpeg(), "nan")) as address:
        source = MjpegSource(address)
        frame = first(source)
        source.close()
    assert frame is not None
    assert frame.boot_s is None


def test_a_slow_reader_gets_the_newest_and_the_others_are_counted() -> None:
    slot: Newest[int] = Newest()
    for value in range(5):
        slot.put(value)
    assert slot.take(0.0) == 4
    assert slot.take(0.0) is None
    assert slot.dropped == 4


@pytest.mark.parametrize("address", ["mjpeg+ftp://a/b", "mjpeg+http://", "mjpeg+http://a:port/"])
def test_an_address_that_is_no_http_is_named(address: str) -> None:
    with pytest.raises(BadInput, match="not mjpeg"):
        open_source(address)


def test_every_frame_of_a_video_file_comes_with_its_time(tmp_path: Path) -> None:
    file = tmp_path / "video.avi"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (96, 54))
    for grey in (10, 90, 200):
        writer.write(np.full((54, 96, 3), grey, dtype=np.uint8))
    writer.release()
    source = open_source(str(file))
    frames = [source.next_frame(0.0) for _ in range(4)]
    source.close()
    assert [frame and frame.boot_s for frame in frames] == [0.0, 0.1, 0.2, None]
    assert source.at_end


def test_a_file_that_is_no_video_is_named(tmp_path: Path) -> None:
    file = tmp_path / "video.mp4"
    file.write_bytes(b"junk" * 100)
    with pytest.raises(BadInput, match=r"video\.mp4: not a video"):
        VideoFileSource(file)


@contextmanager
def asked_camera(*pictures: bytes, hangs_up_after: int = 1000) -> Iterator[str]:
    """Gives one picture a request, 204 for an empty one, and hangs up after so many."""
    numbered = enumerate(pictures)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        answered = 0

        def do_GET(self) -> None:
            number, body = next(numbered, (len(pictures), b""))
            self.answered += 1
            self.close_connection = self.answered == hangs_up_after
            self.send_response(200 if body else 204)
            self.send_header("X-Timestamp", f"{number}.5")
            self.send_header("X-Frame-Id", f"f-{number}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"paced+http://127.0.0.1:{server.server_address[1]}/next"
        server.shutdown()


def test_a_camera_that_waits_gives_each_picture_it_has() -> None:
    with asked_camera(jpeg(), b"", jpeg(), b"\xff\xd8broken", jpeg()) as address:
        source = open_source(address)
        frames = [source.next_frame(0.1) for _ in range(5)]
        source.close()
    assert [frame and (frame.boot_s, frame.frame_id) for frame in frames] == [
        (0.5, "f-0"),
        None,
        (2.5, "f-2"),
        None,
        (4.5, "f-4"),
    ]
    assert (source.counts.seen, source.counts.corrupt, source.counts.dropped) == (4, 1, 0)


def test_a_camera_that_hangs_up_is_asked_again() -> None:
    with asked_camera(jpeg(), jpeg(), hangs_up_after=1) as address:
        source = open_source(address)
        assert first(source) is not None
        assert first(source) is not None
        source.close()


def test_a_camera_that_is_gone_is_a_problem_that_is_said() -> None:
    with asked_camera(jpeg()) as address:
        pass
    source = open_source(address)
    assert source.next_frame(0.01) is None
    assert "refused" in source.counts.problem
    assert source.counts.reconnects == 1


@pytest.mark.parametrize("address", ["paced+ftp://a/b", "paced+http://", "paced+http://a:port/"])
def test_an_address_that_cannot_be_asked_is_named(address: str) -> None:
    with pytest.raises(BadInput, match="not paced"):
        open_source(address)
