"""Parts of a camera's stream, however its bytes arrive."""

from hypothesis import given
from hypothesis import strategies as st

from onboard.source.multipart import MultipartParser

BODIES = [b"\xff\xd8first\xff\xd9", b"\xff\xd8\r\n--not-the-end\r\n\xff\xd9", b""]


def stream(*, with_length: bool) -> bytes:
    out = b""
    for number, body in enumerate(BODIES):
        length = f"Content-Length: {len(body)}\r\n" if with_length else ""
        head = f"--frame\r\nContent-Type: image/jpeg\r\n{length}X-Timestamp: {number}.5\r\n\r\n"
        out += head.encode() + body + b"\r\n"
    return out + b"--frame--\r\n"


@given(cuts=st.lists(st.integers(1, 40), max_size=60), with_length=st.booleans())
def test_any_chunking_gives_the_same_parts(cuts: list[int], with_length: bool) -> None:
    data, parser, parts = stream(with_length=with_length), MultipartParser("frame"), []
    for cut in cuts:
        parts += parser.feed(data[:cut])
        data = data[cut:]
    parts += parser.feed(data)
    assert [part.body for part in parts] == BODIES
    assert [part.headers["x-timestamp"] for part in parts] == ["0.5", "1.5", "2.5"]


@given(junk=st.binary(max_size=300))
def test_junk_before_a_boundary_is_passed_over(junk: bytes) -> None:
    parser = MultipartParser("frame")
    parts = parser.feed(junk.replace(b"--frame", b"") + b"\r\n" + stream(with_length=True))
    assert [part.body for part in parts][-2:] == BODIES[-2:]


def test_headers_without_end_are_given_up_and_counted() -> None:
    parser = MultipartParser("frame")
    assert parser.feed(b"--frame\r\nX: " + b"y" * 40_000) == []
    assert parser.malformed == 1
    assert len(parser.feed(stream(with_length=True))) == len(BODIES)
