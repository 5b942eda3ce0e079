"""Answers as GeoJSON, JSON or CSV, by the name of the file."""

import csv
import io
import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from missions.errors import BadInput, place_of
from onboard.geolocate import ellipse
from onboard.geolocate.calibration import SOUND, Calibration
from onboard.georeference.job import Placed

SUFFIXES = (".geojson", ".json", ".csv")


def check_suffix(out: Path) -> None:
    """Refuse a name that tells no format, before any work is done.

    Raises:
        BadInput: the name.
    """
    if out.suffix.lower() not in SUFFIXES:
        raise BadInput(where=f"--out {out}", what=f"should end in {', '.join(SUFFIXES)}")


def properties(answer: Placed, probability: float) -> dict[str, Any]:
    """One answer as data: the same keys in every format, None where there is no such thing."""
    asked, hit = answer.asked, answer.outcome == "hit"
    held = ellipse(answer.covariance_m2, probability) if hit else None
    return {
        "id": asked.thing,
        "t_s": round(asked.t_s, 4),
        "u_px": asked.pixel[0],
        "v_px": asked.pixel[1],
        "outcome": answer.outcome,
        "shallow": answer.shallow,
        "clipped": answer.clipped,
        "latitude_deg": _rounded(answer.latitude_deg, 8),
        "longitude_deg": _rounded(answer.longitude_deg, 8),
        "height_amsl_m": _rounded(answer.height_amsl_m, 2),
        "ellipse_semi_major_m": None if held is None else held.semi_major_m,
        "ellipse_semi_minor_m": None if held is None else held.semi_minor_m,
        "ellipse_orientation_rad": None if held is None else held.orientation_rad,
        "ellipse_probability": probability,
        "variance_east_m2": _rounded(float(answer.covariance_m2[0, 0]), 5),
        "variance_north_m2": _rounded(float(answer.covariance_m2[1, 1]), 5),
        "covariance_east_north_m2": _rounded(float(answer.covariance_m2[0, 1]), 5),
        "slant_m": _rounded(answer.slant_m, 2),
        "depression_rad": _rounded(answer.depression_rad, 5),
        "speed_m_s": _rounded(answer.speed_m_s, 3),
        "speed_sigma_m_s": _rounded(answer.speed_sigma_m_s, 3),
        "course_rad": _rounded(answer.course_rad, 4),
    }


def calibration_told(calibration: Calibration | None) -> dict[str, Any] | None:
    """The constant errors and how well the sightings agree, as data."""
    if calibration is None:
        return None
    weights = [weight for each in calibration.weights for weight in each.tolist()]
    return {
        "errors": {
            name: {"value": round(value, 6), "sigma": round(sigma, 6)}
            for name, (value, sigma) in calibration.told().items()
        },
        "sightings": len(weights),
        "sightings_disagreeing": sum(weight <= SOUND for weight in weights),
        "rms_px": round(calibration.rms_px, 3),
        "reduced_chi2": round(calibration.reduced_chi2, 3),
        "converged": calibration.converged,
    }


def write_answers(
    out: Path, answers: Sequence[Placed], facts: dict[str, Any], probability: float
) -> None:
    """Write a file whole: beside it first, then in its place.

    Raises:
        BadInput: it cannot be written.
    """
    rows = [properties(answer, probability) for answer in answers]
    suffix = out.suffix.lower()
    text = (
        _csv(rows)
        if suffix == ".csv"
        else _json(rows, facts)
        if suffix == ".json"
        else _geojson(rows, facts)
    )
    beside = out.with_name(out.name + ".part")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, out)
    except OSError as error:
        raise place_of(error, str(out)) from error


def _json(rows: Sequence[dict[str, Any]], facts: dict[str, Any]) -> str:
    return json.dumps({**facts, "places": list(rows)}, indent=1, allow_nan=False) + "\n"


def _geojson(rows: Sequence[dict[str, Any]], facts: dict[str, Any]) -> str:
    features = [
        {
            "type": "Feature",
            "geometry": None
            if row["outcome"] != "hit"
            else {"type": "Point", "coordinates": [row["longitude_deg"], row["latitude_deg"]]},
            "properties": row,
        }
        for row in rows
    ]
    whole = {"type": "FeatureCollection", **facts, "features": features}
    return json.dumps(whole, indent=1, allow_nan=False) + "\n"


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None or math.isnan(value) else round(value, places) + 0.0
