"""The options of `qyran convert`."""

import argparse

CONVERT_EXAMPLES = """examples:
  qyran convert mission.waypoints mission.plan
  qyran convert patrol.plan patrol.geojson
  qyran convert patrol.plan patrol.kmz --dji m3e
  qyran convert fields.shp fields.kml
  qyran convert old-map.shp old-map.geojson --crs EPSG:28411"""

CONVERT_FORMATS = """A plan (.plan, .waypoints, DJI's .kmz) becomes .plan, .waypoints, DJI's .kmz,
.kml or .geojson. A drawing (.geojson, .json, .kml, .kmz, .shp, .gpx, .csv) becomes
.geojson, .json or .kml. What the new format cannot hold is said."""


def add_convert(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran convert`."""
    parser.description = f"Turn a plan or a drawing into another format.\n\n{CONVERT_FORMATS}"
    parser.epilog = CONVERT_EXAMPLES
    parser.add_argument("source", metavar="IN", help="a plan or a drawing")
    parser.add_argument("target", metavar="OUT", help="the file to write; its suffix is its format")
    add_dji(parser)
    add_crs(parser)
    parser.add_argument("--json", action="store_true", help="print what was written as JSON")


def add_dji(group: argparse._ActionsContainer) -> None:
    """`--dji`, for whatever can write a DJI flight."""
    group.add_argument(
        "--dji",
        metavar="NAME",
        help="for a .kmz: the aircraft that flies it (m3e, m30t, ...; a wrong name lists them)",
    )


def add_crs(group: argparse._ActionsContainer) -> None:
    """`--crs`, for whatever reads drawings."""
    group.add_argument(
        "--crs",
        metavar="[FILE=]EPSG:CODE",
        action="append",
        default=[],
        help="the coordinate system of a .shp or .geojson, whatever it says itself; with FILE= of "
        "that one alone, else of all; may be given again",
    )
