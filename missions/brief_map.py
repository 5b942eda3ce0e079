"""The map sketch of a flight brief: fence, path, home, rally points and findings, to scale."""

import math
from collections.abc import Sequence
from typing import Any

from missions.area import Area, Place, Ring, middle, ring_en
from missions.geodesy import GeoPoint, LocalPlane
from missions.patterns.ground import polygons_of
from missions.plan import Command, MissionItem, Plan

LOOKED_AT = frozenset((Command.DO_SET_ROI_LOCATION, Command.DO_SET_ROI, Command.NAV_ROI))
PATH, STAY_IN, STAY_OUT, HOME, RALLY, FOUND = (
    *("#0b57a4", "#2e7d32", "#b3261e"),
    *("#1b2530", "#6d4c9f", "#b3261e"),
)
PAPER, FRAME, INK, FORBIDDEN = "#fbfcfd", "#c5ced6", "#1b2530", "#f7dcd9"
ROUND_FIGURES = (1.0, 2.0, 5.0)
AREA, AREA_PALE = "#9a6700", "#fdf3dc"
LONGEST_NAME = 40
NUMBERS_AT_MOST, NUMBERS_A_PLACE = 40, 4
LABEL_PT, LEGEND_PT = 6.5, 58.0
CIRCLE_POINTS = 72

Points = Sequence[tuple[float, float]]


def sketch(
    plan: Plan,
    found: Sequence[tuple[GeoPoint, str]],
    *,
    areas: Sequence[Area] = (),
    named: Sequence[Place] = (),
    width_mm: float,
    height_mm: float,
    font: str,
) -> Any:
    """A reportlab drawing, north up; a plan without a place gives a frame that says so.

    `found` are places with what stands beside their cross; `areas` those of people and privacy;
    `named` are places whose names stand beside the items flown to them.
    """
    from reportlab.graphics.shapes import Drawing, Rect, String
    from reportlab.lib.units import mm

    drawing = Drawing(width_mm * mm, height_mm * mm)
    drawing.add(
        Rect(0, 0, drawing.width, drawing.height, fillColor=_ink(PAPER), strokeColor=_ink(FRAME))
    )
    places = _places(plan)
    try:
        plane = LocalPlane(middle(places))
    except ValueError as error:
        drawing.add(String(12, drawing.height / 2, f"No map: {error}", fontName=font, fontSize=9))
        return drawing
    _Sketch(drawing, plan, plane, places, font).draw(found, areas, named)
    return drawing


def _places(plan: Plan) -> Ring:
    found = [point for item in plan.items if (point := _place(item)) is not None]
    found += [point for polygon in plan.fence.polygons for point in polygon.ring]
    found += [circle.center for circle in plan.fence.circles]
    found += [point.position for point in plan.rally]
    return tuple(found if plan.home is None else [*found, plan.home.position])


def _place(item: MissionItem) -> GeoPoint | None:
    if not item.has_position or not math.isfinite(item.latitude_deg + item.longitude_deg):
        return None
    return GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)


class _Sketch:
    def __init__(
        self, drawing: Any, plan: Plan, plane: LocalPlane, places: Ring, font: str
    ) -> None:
        self._drawing, self._plan, self._plane, self._font = drawing, plan, plane, font
        points = ring_en(plane, places)
        low, high = points.min(axis=0), points.max(axis=0)
        for circle in plan.fence.circles:
            centre = ring_en(plane, (circle.center,))[0]
            low = [min(low[i], centre[i] - circle.radius_m) for i in (0, 1)]
            high = [max(high[i], centre[i] + circle.radius_m) for i in (0, 1)]
        # Said last, so that no line is drawn over them.
        self._names: list[tuple[float, float, str]] = []
        self._middle = ((low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0)
        wide, tall = max(high[0] - low[0], 1.0), max(high[1] - low[1], 1.0)
        self._points_per_m = min(0.88 * drawing.width / wide, 0.82 * drawing.height / tall)

    def draw(
        self,
        found: Sequence[tuple[GeoPoint, str]],
        areas: Sequence[Area],
        named: Sequence[Place],
    ) -> None:
        for area in areas:
            self._area(area)
        for polygon in self._plan.fence.polygons:
            self._ring(self._at(polygon.ring), inclusion=polygon.inclusion)
        for circle in self._plan.fence.circles:
            self._ring(self._circle(circle.center, circle.radius_m), inclusion=circle.inclusion)
        self._path(named)
        for point in self._plan.rally:
            self._mark(point.position, RALLY, "R")
        if self._plan.home is not None:
            self._mark(self._plan.home.position, HOME, "H")
        for place, said in found:
            self._cross(place, said)
        for x, y, name in self._names:
            self._text(x, y, name, AREA, 6.5)
        self._scale()
        self._legend()
        self._north()

    def _at(self, ring: Ring) -> Points:
        east_north = ring_en(self._plane, ring)
        return [
            (
                self._drawing.width / 2 + (east - self._middle[0]) * self._points_per_m,
                self._drawing.height / 2 + (north - self._middle[1]) * self._points_per_m,
            )
            for east, north in east_north.tolist()
        ]

    def _circle(self, centre: GeoPoint, radius_m: float) -> Points:
        ((x, y),) = self._at((centre,))
        reach = radius_m * self._points_per_m
        steps = [2.0 * math.pi * i / CIRCLE_POINTS for i in range(CIRCLE_POINTS)]
        return [(x + reach * math.cos(step), y + reach * math.sin(step)) for step in steps]

    def _ring(self, points: Points, *, inclusion: bool) -> None:
        from reportlab.graphics.shapes import Polygon

        colour = _ink(STAY_IN if inclusion else STAY_OUT)
        self._drawing.add(
            Polygon(
                [value for point in points for value in point],
                strokeColor=colour,
                strokeWidth=1.0,
                strokeDashArray=[4, 2],
                fillColor=None if inclusion else _ink(FORBIDDEN),
            )
        )

    def _path(self, named: Sequence[Place]) -> None:
        from reportlab.graphics.shapes import PolyLine

        flown = [
            (index, place)
            for index, item in enumerate(self._plan.items)
            if item.command not in LOOKED_AT and (place := _place(item)) is not None
        ]
        if not flown:
            return
        points = self._at(tuple(place for _, place in flown))
        line = [value for point in points for value in point]
        if len(points) > 1:
            self._drawing.add(PolyLine(line, strokeColor=_ink(PATH), strokeWidth=1.1))
        if self._plan.home is not None and self._returns():
            back = [*points[-1], *self._at((self._plan.home.position,))[0]]
            dashes = [1.5, 2.5]
            self._drawing.add(
                PolyLine(back, strokeColor=_ink(PATH), strokeWidth=0.8, strokeDashArray=dashes)
            )
        every = max(1, math.ceil(len(flown) / NUMBERS_AT_MOST))
        at_place: dict[tuple[int, int], list[int]] = {}
        for (index, _), (x, y) in list(zip(flown, points, strict=True))[::every]:
            self._dot(x, y, PATH, 1.6)
            at_place.setdefault(_rounded((x, y)), []).append(index + 1)
        names = dict(zip(map(_rounded, self._at_all(named)), named, strict=True))
        for at, numbers in at_place.items():
            said = ", ".join(map(str, numbers[:NUMBERS_A_PLACE]))
            more = ", …" if len(numbers) > NUMBERS_A_PLACE else ""
            name = names[at].name[:LONGEST_NAME] if at in names else ""
            self._label(at, f"{said}{more} {name}".rstrip())

    def _at_all(self, named: Sequence[Place]) -> Points:
        return self._at(tuple(place.position for place in named)) if named else ()

    def _label(self, at: tuple[int, int], said: str) -> None:
        """Beside its place: on the left of it where the frame is near, farther off the home."""
        from reportlab.graphics.shapes import Rect
        from reportlab.pdfbase.pdfmetrics import stringWidth

        x, y = at
        home = self._plan.home
        ((h, v),) = ((-99.0, -99.0),) if home is None else self._at((home.position,))
        off = 7.0 if math.hypot(x - h, y - v) < 6.0 else 2.5
        width = stringWidth(said, self._font, LABEL_PT)
        beyond = x + off + width > self._drawing.width - 4.0
        left = x - off - width if beyond else x + off
        paper = {"fillColor": _ink(PAPER), "fillOpacity": 0.8, "strokeColor": None}
        self._drawing.add(Rect(left - 1.0, y + off - 1.5, width + 2.0, LABEL_PT + 1.5, **paper))
        self._text(left, y + off, said, PATH, LABEL_PT)

    def _returns(self) -> bool:
        return any(item.command == Command.NAV_RETURN_TO_LAUNCH for item in self._plan.items)

    def _area(self, area: Area) -> None:
        """An area with its name, as far as it is within the frame."""
        from reportlab.graphics.shapes import Polygon as Outline
        from shapely.geometry import Polygon, box

        holes = [self._at(hole) for hole in area.holes]
        drawn = Polygon(self._at(area.outer), holes).buffer(0.0)
        seen = drawn.intersection(box(0.0, 0.0, self._drawing.width, self._drawing.height))
        for piece in polygons_of(seen):
            corners = [value for point in piece.exterior.coords for value in point]
            self._drawing.add(
                Outline(corners, strokeColor=_ink(AREA), strokeWidth=0.8, fillColor=_ink(AREA_PALE))
            )
        if not seen.is_empty:
            west, _, _, north = seen.bounds
            shown = area.name if len(area.name) <= LONGEST_NAME else f"{area.name[:LONGEST_NAME]}…"
            self._names.append((west, north + 2.0, shown))

    def _mark(self, place: GeoPoint, colour: str, letter: str) -> None:
        ((x, y),) = self._at((place,))
        self._dot(x, y, colour, 5.0)
        self._text(x - 2.3, y - 2.4, letter, "#ffffff", 6.5)

    def _cross(self, place: GeoPoint, said: str) -> None:
        from reportlab.graphics.shapes import Line

        ((x, y),) = self._at((place,))
        for slope in (-4.0, 4.0):
            self._drawing.add(
                Line(x - 4, y - slope, x + 4, y + slope, strokeColor=_ink(FOUND), strokeWidth=1.4)
            )
        self._text(x + 6.0, y - 2.4, said, FOUND, 8.0)

    def _scale(self) -> None:
        from reportlab.graphics.shapes import Line

        longest = self._drawing.width / 4.0 / self._points_per_m
        power = 10.0 ** math.floor(math.log10(longest))
        metres = max(power * step for step in ROUND_FIGURES if power * step <= longest)
        end = 10 + metres * self._points_per_m
        self._drawing.add(Line(10, 10, end, 10, strokeColor=_ink(INK), strokeWidth=1.5))
        said = f"{metres / 1000.0:g} km" if metres >= 1000.0 else f"{metres:g} m"
        self._text(10, 13, said, INK, 7.0)

    def _legend(self) -> None:
        """What the lines are, at the right of the scale."""
        from reportlab.graphics.shapes import Line

        fence = self._plan.fence
        drawn = {one.inclusion for one in fence.polygons} | {one.inclusion for one in fence.circles}
        lines = [("way", PATH, None, True), ("return", PATH, [1.5, 2.5], self._returns())]
        lines += [
            ("fence", STAY_IN, [4, 2], True in drawn),
            ("keep out", STAY_OUT, [4, 2], False in drawn),
        ]
        x = self._drawing.width - 10.0
        for said, colour, dashes, shown in reversed(lines):
            if shown:
                x -= LEGEND_PT
                self._text(x + 22.0, 10.0, said, INK, 7.0)
                ink = {"strokeColor": _ink(colour), "strokeDashArray": dashes}
                self._drawing.add(Line(x, 12.5, x + 18.0, 12.5, **ink))

    def _north(self) -> None:
        from reportlab.graphics.shapes import Polygon

        x, y = self._drawing.width - 14, self._drawing.height - 28
        self._drawing.add(
            Polygon(
                [x - 4, y, x, y + 14, x + 4, y, x, y + 4], fillColor=_ink(INK), strokeColor=None
            )
        )
        self._text(x - 2.5, y + 16, "N", INK, 7.0)

    def _dot(self, x: float, y: float, colour: str, radius: float) -> None:
        from reportlab.graphics.shapes import Circle

        self._drawing.add(Circle(x, y, radius, fillColor=_ink(colour), strokeColor=None))

    def _text(self, x: float, y: float, said: str, colour: str, size: float) -> None:
        from reportlab.graphics.shapes import String

        self._drawing.add(
            String(x, y, said, fontName=self._font, fontSize=size, fillColor=_ink(colour))
        )


def _rounded(at: tuple[float, float]) -> tuple[int, int]:
    return round(at[0]), round(at[1])


def _ink(colour: str) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(colour)
