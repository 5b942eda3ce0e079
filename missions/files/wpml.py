"""DJI's WPML (a KMZ with `wpmz/waylines.wpml` and `wpmz/template.kml`): a flight as a Plan.

`waylines.wpml` is what the aircraft executes; `template.kml` is read where it alone is there, and
for the take-off point and the heights above sea level. Heights above the ellipsoid become heights
above sea level by the template's EGM96 heights, or heights above the take-off point where that is
given. What PX4 has no item for is noted.
Source: https://developer.dji.com/doc/cloud-api-tutorial/en/api-reference/dji-wpml/overview.html
"""

import math
from dataclasses import dataclass

from missions.errors import BadInput
from missions.files.kml_coordinates import NOT_A_PLACE, place_and_height
from missions.files.wpml_actions import Actions, actions_of
from missions.files.xml_tree import Element, tree_from_xml
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.plan import Command, Frame, Home, MissionItem, Plan

NAN = math.nan
GROUND_SPEED, LEAVE_THROTTLE = 1.0, -1.0
LEAST_TAKEOFF_M = 2.0
SURFACE_MODES = frozenset(("realTimeFollowSurface", "aboveGroundLevel"))
# Settings of the aircraft, not of the flight: they have no mission item.
SETTINGS = ("exitOnRCLost", "executeRCLostAction", "globalRTHHeight", "autoRerouteInfo")
SPEED_FROM_HERE, YAW_GIVEN = "waypointSpeed", frozenset(("smoothTransition", "fixed"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waypoint:
    element: Element
    position: GeoPoint
    height_m: float
    frame: Frame


def plan_from_wpml(waylines: bytes | str | None, template: bytes | str | None, file: str) -> Plan:
    """The plan of a DJI flight; one of the two documents may be missing.

    Raises:
        BadInput: a document is not WPML, or a part of it is missing or wrong: file, line, element.
    """
    flown = None if waylines is None else tree_from_xml(waylines, f"{file}: waylines.wpml")
    drawn = None if template is None else tree_from_xml(template, f"{file}: template.kml")
    main = flown if flown is not None and any(flown.within("Placemark")) else drawn
    if main is None or main.name != "kml":
        raise BadInput(where=file, what="holds neither a waylines.wpml nor a template.kml flight")
    reader = _Reader(main, drawn)
    folders = [one for one in main.within("Folder") if one.all("Placemark")]
    if not folders:
        raise main.refuse("no Folder has a Placemark: there is nothing to fly")
    return reader.plan(folders)


class _Reader:
    def __init__(self, main: Element, template: Element | None) -> None:
        self._main = main
        self._template = template
        self._notes: dict[str, int] = {}
        self._config = next(main.within("missionConfig"), None)
        self._take_off = self._reference()

    def plan(self, folders: list[Element]) -> Plan:
        ways = [self._waypoints(folder) for folder in folders]
        if len(ways) > 1:
            self._note(f"{len(ways)} waylines are flown one after the other")
        speed = self._number(folders[0], "autoFlightSpeed")
        items = [self._climb(ways[0][0])]
        if speed is not None:
            items.append(_speed(speed))
        for folder, way in zip(folders, ways, strict=True):
            items += self._flown(folder, way)
        items += self._finish(ways[0][0], ways[-1][-1])
        home = self._home()
        self._note_settings()
        notes = (
            text if count == 1 else f"{text} ({count} times)" for text, count in self._notes.items()
        )
        return Plan(
            items=tuple(items),
            home=home,
            cruise_speed_m_s=speed,
            hover_speed_m_s=speed,
            notes=tuple(notes),
        )

    def _waypoints(self, folder: Element) -> list[_Waypoint]:
        marks = folder.all("Placemark")
        if folder.said("templateType", "waypoint") != "waypoint":
            kind = folder.at("templateType")
            raise kind.refuse(f'"{kind.text}" is a template that only DJI turns into waypoints')
        mode = self._mode(folder)
        return [self._waypoint(mark, folder, mode, i) for i, mark in enumerate(marks)]

    def _mode(self, folder: Element) -> str:
        given = folder.said("executeHeightMode")
        if given:
            return given
        system = folder.get("waylineCoordinateSysParam")
        mode = "" if system is None else system.said("heightMode")
        if not mode:
            raise folder.refuse("executeHeightMode is missing")
        return mode

    def _waypoint(self, mark: Element, folder: Element, mode: str, index: int) -> _Waypoint:
        given = mark.at("Point").at("coordinates")
        try:
            position, _ = place_and_height(given.text.split(","))
        except ValueError as error:
            reason = f": {error}" if str(error) else ""
            raise given.refuse(f'"{given.text[:60]}" {NOT_A_PLACE}{reason}') from error
        height, frame = self._height(mark, folder, mode, index)
        return _Waypoint(element=mark, position=position, height_m=height, frame=frame)

    def _height(self, mark: Element, folder: Element, mode: str, index: int) -> tuple[float, Frame]:
        height = self._number(mark, "executeHeight")
        if height is None and mark.said("useGlobalHeight") == "1":
            height = folder.at("globalHeight").number()
        if height is None:
            height = mark.at("height").number()
        if mode == "relativeToStartPoint":
            return height, Frame.GLOBAL_RELATIVE_ALT
        if mode == "EGM96":
            return height, Frame.GLOBAL
        if mode in SURFACE_MODES:
            self._note("heights follow the ground, which PX4 takes no mission item for")
            return height, Frame.GLOBAL_TERRAIN_ALT
        if mode == "WGS84":
            return self._from_ellipsoid(mark, folder, index, height)
        raise folder.refuse(f'the height mode "{mode}" is not known')

    def _from_ellipsoid(
        self, mark: Element, folder: Element, index: int, height: float
    ) -> tuple[float, Frame]:
        """By the template's EGM96 height of the same waypoint, else by the take-off point's."""
        amsl = self._template_height(folder, index)
        if amsl is not None:
            return amsl, Frame.GLOBAL
        if self._take_off is None:
            what = (
                "its height is above the ellipsoid, and the file gives neither EGM96 heights "
                "(template.kml) nor a take-off point (takeOffRefPoint) to reckon from"
            )
            raise mark.refuse(what)
        self._note("heights above the ellipsoid are taken from the take-off point's")
        return height - self._take_off[1], Frame.GLOBAL_RELATIVE_ALT

    def _template_height(self, folder: Element, index: int) -> float | None:
        if self._template is None or self._template is self._main:
            return None
        wanted = folder.said("templateId", "0")
        for one in self._template.within("Folder"):
            system = one.get("waylineCoordinateSysParam")
            marks = one.all("Placemark")
            egm96 = system is not None and system.said("heightMode") == "EGM96"
            if egm96 and one.said("templateId", "0") == wanted and index < len(marks):
                if marks[index].said("useGlobalHeight") == "1":
                    return self._number(one, "globalHeight")
                return self._number(marks[index], "height")
        return None

    def _reference(self) -> tuple[GeoPoint, float] | None:
        """The planned take-off point and its height above the ellipsoid."""
        for document in (self._main, self._template):
            given = None if document is None else next(document.within("takeOffRefPoint"), None)
            if given is None or not given.text:
                continue
            try:
                latitude, longitude, height = (float(part) for part in given.text.split(","))
            except ValueError as error:
                raise given.refuse(
                    f'"{given.text[:60]}" is not latitude,longitude,height'
                ) from error
            if not math.isfinite(height):
                raise given.refuse("its height is not a finite number")
            return given.point(latitude, longitude), height
        return None

    def _home(self) -> Home | None:
        if self._take_off is None:
            return None
        self._note("the take-off point's height above sea level is not known")
        return Home(position=self._take_off[0], height=HeightAmsl(NAN))

    def _climb(self, first: _Waypoint) -> MissionItem:
        """Straight up to the safe height or the first waypoint's, whichever is higher."""
        safe = None if self._config is None else self._number(self._config, "takeOffSecurityHeight")
        relative = first.frame == Frame.GLOBAL_RELATIVE_ALT
        height = max(safe or LEAST_TAKEOFF_M, first.height_m) if relative else first.height_m
        place = first.position if self._take_off is None else self._take_off[0]
        return _placed(Command.NAV_TAKEOFF, first.frame, place, height)

    def _flown(self, folder: Element, way: list[_Waypoint]) -> list[MissionItem]:
        actions = actions_of(folder, len(way), self._note)
        speed = self._number(folder, "autoFlightSpeed")
        items = list(actions.at_start)
        looking = False
        for index, one in enumerate(way):
            items += actions.before(index)
            items.append(self._reach(one, actions, index))
            items += actions.at(index)
            items += self._gimbal(one, actions, index)
            now = self._number(one.element, SPEED_FROM_HERE)
            if now is not None and now != speed and index < len(way) - 1:
                speed = now
                items.append(_speed(now))
            looking = self._look(one, items, looking)
        if looking:
            items.append(_plain(Command.DO_SET_ROI_NONE))
        return items

    def _reach(self, one: _Waypoint, actions: Actions, index: int) -> MissionItem:
        heading, turn = (
            one.element.get("waypointHeadingParam"),
            one.element.get("waypointTurnParam"),
        )
        mode = "" if heading is None else heading.said("waypointHeadingMode")
        yaw = actions.yaw_deg(index)
        if math.isnan(yaw) and heading is not None and mode in YAW_GIVEN:
            yaw = self._number(heading, "waypointHeadingAngle") or 0.0
        if mode == "manually":
            self._note("a heading that the pilot turns by hand follows the way instead")
        radius = 0.0
        if turn is not None:
            if turn.said("waypointTurnMode").startswith("toPointAndStop"):
                self._note("waypoints at which DJI stops are flown through")
            radius = self._number(turn, "waypointTurnDampingDist") or 0.0
        dwell = actions.dwell_s(index)
        if dwell > 0.0:
            first = (dwell, 0.0, 0.0, yaw)
            return _placed(Command.NAV_LOITER_TIME, one.frame, one.position, one.height_m, first)
        first = (0.0, radius, 0.0, yaw)
        return _placed(Command.NAV_WAYPOINT, one.frame, one.position, one.height_m, first)

    def _gimbal(self, one: _Waypoint, actions: Actions, index: int) -> list[MissionItem]:
        """The pitch that newer files give each waypoint, where no action turns the gimbal."""
        given = one.element.get("waypointGimbalHeadingParam")
        pitch = None if given is None else self._number(given, "waypointGimbalPitchAngle")
        if pitch is None:
            pitch = self._number(one.element, "gimbalPitchAngle")
        return actions.turned_to(pitch, index)

    def _look(self, one: _Waypoint, items: list[MissionItem], looking: bool) -> bool:
        heading = one.element.get("waypointHeadingParam")
        if heading is None or heading.said("waypointHeadingMode") != "towardPOI":
            if looking:
                items.append(_plain(Command.DO_SET_ROI_NONE))
            return False
        given = heading.at("waypointPoiPoint")
        try:
            latitude, longitude, *height = (float(part) for part in given.text.split(","))
        except ValueError as error:
            raise given.refuse(f'"{given.text[:60]}" is not latitude,longitude,height') from error
        place = given.point(latitude, longitude)
        above = height[0] if height and math.isfinite(height[0]) else 0.0
        frame = Frame.GLOBAL_RELATIVE_ALT
        items.append(
            _placed(Command.DO_SET_ROI_LOCATION, frame, place, above, (0.0, 0.0, 0.0, 0.0))
        )
        return True

    def _finish(self, first: _Waypoint, last: _Waypoint) -> list[MissionItem]:
        action = "noAction" if self._config is None else self._config.said("finishAction")
        if action == "goHome":
            return [_plain(Command.NAV_RETURN_TO_LAUNCH)]
        if action == "autoLand":
            return [_placed(Command.NAV_LAND, Frame.GLOBAL_RELATIVE_ALT, last.position, 0.0)]
        if action == "gotoFirstWaypoint":
            return [_placed(Command.NAV_WAYPOINT, first.frame, first.position, first.height_m)]
        self._note("no action at the end: it hovers where it ends")
        return []

    def _note_settings(self) -> None:
        if self._config is None:
            return
        told = [name for name in SETTINGS if self._config.get(name) is not None]
        if told:
            self._note(f"settings of the aircraft are left out: {', '.join(told)}")

    def _number(self, holder: Element, name: str) -> float | None:
        found = holder.get(name)
        return None if found is None or not found.text else found.number()

    def _note(self, text: str) -> None:
        self._notes[text] = self._notes.get(text, 0) + 1


def _placed(
    command: Command,
    frame: Frame,
    place: GeoPoint,
    height_m: float,
    first: tuple[float, float, float, float] = (0.0, 0.0, 0.0, NAN),
) -> MissionItem:
    params = (*first, place.latitude_deg, place.longitude_deg, height_m)
    return MissionItem(command=command, frame=frame, params=params)


def _plain(command: Command) -> MissionItem:
    zeros = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    return MissionItem(command=command, frame=Frame.MISSION, params=zeros)


def _speed(speed_m_s: float) -> MissionItem:
    params = (GROUND_SPEED, speed_m_s, LEAVE_THROTTLE, 0.0, 0.0, 0.0, 0.0)
    return MissionItem(command=Command.DO_CHANGE_SPEED, frame=Frame.MISSION, params=params)
