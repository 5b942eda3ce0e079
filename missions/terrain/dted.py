"""DTED levels 0, 1 and 2 (`.dt0`, `.dt1`, `.dt2`).

Labels in ASCII, then one record for each column from west to east, its posts from south to north:
a sentinel of 0xAA, a 3-byte count, the numbers of the column and of the first post (2 bytes each),
16-bit signed-magnitude metres, and a 4-byte sum of all the bytes before it. -32767 is a void.
Source: MIL-PRF-89020B, sections 3.9 to 3.13 and appendix.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from missions.errors import BadInput, place_of
from missions.terrain.tile import Grid, Raw, Tile, VerticalDatum

LABEL_BYTES, DSI_BYTES, ACC_BYTES = 80, 648, 2700
HEADER_BYTES = LABEL_BYTES + DSI_BYTES + ACC_BYTES
TAPE_LABELS = (b"VOL", b"HDR")
SENTINEL, VOID = 0xAA, -32767
RECORD_HEAD_BYTES, CHECKSUM_BYTES = 8, 4
HEMISPHERES = {"N": 1.0, "E": 1.0, "S": -1.0, "W": -1.0}
# The standard's text allows MSL only, its later products say E96; both mean EGM96 there.
DATUMS = {"MSL": VerticalDatum.EGM96, "E96": VerticalDatum.EGM96, "E08": VerticalDatum.EGM2008}


def read_dted(path: Path) -> Tile:
    """The tile of one file; its heights are read, and their checksums held, when asked for.

    Raises:
        BadInput: a label or the size is not as the standard says, or the file cannot be read.
    """
    head, start, size = _head(path)
    grid = _grid(head, path)
    needed = start + HEADER_BYTES + grid.columns * _record_bytes(grid)
    if size < needed:
        raise BadInput(where=str(path), what=f"{size} bytes where its labels say {needed}")
    return Tile(
        file=str(path),
        grid=grid,
        datum=_datum(head, path),
        void=VOID,
        load=lambda: _heights(path, start + HEADER_BYTES, grid),
    )


def _head(path: Path) -> tuple[bytes, int, int]:
    """The three labels, where they begin, and the file's size."""
    try:
        with path.open("rb") as reading:
            data = reading.read(HEADER_BYTES + 8 * LABEL_BYTES)
            size = path.stat().st_size
    except OSError as error:
        raise place_of(error, str(path)) from error
    start = 0
    while data[start : start + 3] in TAPE_LABELS:
        start += LABEL_BYTES
    head = data[start : start + HEADER_BYTES]
    if len(head) < HEADER_BYTES or head[:4] != b"UHL1" or head[LABEL_BYTES:][:3] != b"DSI":
        raise BadInput(where=str(path), what="no UHL1 and DSI labels: this is not DTED")
    return head, start, size


def _grid(head: bytes, path: Path) -> Grid:
    west, south = _angle(head, 4, "longitude", path), _angle(head, 12, "latitude", path)
    column_step = _number(head, 20, 24, "longitude interval", path) / 36_000.0
    row_step = _number(head, 24, 28, "latitude interval", path) / 36_000.0
    columns = _number(head, 47, 51, "number of longitude lines", path)
    rows = _number(head, 51, 55, "number of latitude points", path)
    if min(column_step, row_step) <= 0.0 or min(columns, rows) < 2:
        raise BadInput(where=f"{path}: UHL", what="fewer than two posts or no interval")
    north = south + row_step * (rows - 1)
    if not (abs(west) <= 180.0 and south >= -90.0 and north <= 90.0 + 1e-9):
        raise BadInput(where=f"{path}: UHL", what="its posts are not on Earth")
    return Grid(
        north_deg=north,
        west_deg=west,
        row_step_deg=row_step,
        column_step_deg=column_step,
        rows=rows,
        columns=columns,
    )


def _angle(head: bytes, at: int, what: str, path: Path) -> float:
    """DDDMMSSH as degrees."""
    degrees, minutes = (
        _number(head, at, at + 3, what, path),
        _number(head, at + 3, at + 5, what, path),
    )
    seconds = _number(head, at + 5, at + 7, what, path)
    sign = HEMISPHERES.get(chr(head[at + 7]))
    if sign is None:
        raise BadInput(where=f"{path}: UHL", what=f"the {what}'s hemisphere is not N, E, S or W")
    return sign * (degrees + minutes / 60.0 + seconds / 3600.0)


def _number(head: bytes, start: int, end: int, what: str, path: Path) -> int:
    text = head[start:end].decode("ascii", "replace").strip()
    if not (text.isascii() and text.isdigit()):
        raise BadInput(where=f"{path}: UHL", what=f"the {what} is {text!r}, not a number")
    return int(text)


def _datum(head: bytes, path: Path) -> VerticalDatum:
    dsi = head[LABEL_BYTES : LABEL_BYTES + DSI_BYTES]
    horizontal = dsi[144:149].decode("ascii", "replace")
    if horizontal.strip() and horizontal != "WGS84":
        what = f"the horizontal datum is {horizontal!r}: only WGS84 is read"
        raise BadInput(where=f"{path}: DSI", what=what)
    return DATUMS.get(dsi[141:144].decode("ascii", "replace"), VerticalDatum.UNSAID)


def _record_bytes(grid: Grid) -> int:
    return RECORD_HEAD_BYTES + 2 * grid.rows + CHECKSUM_BYTES


def _heights(path: Path, start: int, grid: Grid) -> Raw:
    length = grid.columns * _record_bytes(grid)
    try:
        with path.open("rb") as reading:
            reading.seek(start)
            data = reading.read(length)
    except OSError as error:
        raise place_of(error, str(path)) from error
    if len(data) != length:
        raise BadInput(where=str(path), what="the file changed while it was in use")
    records = np.frombuffer(data, dtype=np.uint8).reshape(grid.columns, _record_bytes(grid))
    _hold_to_the_standard(records, path)
    posts = records[:, RECORD_HEAD_BYTES:-CHECKSUM_BYTES].copy().view(">u2").astype(np.int32)
    heights = np.where(posts & 0x8000, -(posts & 0x7FFF), posts)
    return np.ascontiguousarray(heights.T[::-1].astype(np.int16))


def _hold_to_the_standard(records: npt.NDArray[np.uint8], path: Path) -> None:
    said = records[:, -CHECKSUM_BYTES:].copy().view(">u4")[:, 0]
    sums = records[:, :-CHECKSUM_BYTES].sum(axis=1, dtype=np.uint32)
    numbers = records[:, 4:6].copy().view(">u2")[:, 0]
    first_posts = records[:, 6:8].copy().view(">u2")[:, 0]
    for wrong, what in (
        (records[:, 0] != SENTINEL, "does not begin with 0xAA"),
        (sums != said, "has a wrong checksum"),
        (numbers != np.arange(len(records)), "is not the column that it says"),
        (first_posts != 0, "does not begin at the southern edge"),
    ):
        if wrong.any():
            raise BadInput(where=f"{path}: record {int(np.argmax(wrong)) + 1}", what=what)
