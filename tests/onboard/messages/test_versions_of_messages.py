"""An older and a newer end understand each other.

`recorded/version_1.jsonl` was written, and `version_1.schema.json` published, by this package as it
was on 22 November 2026 (version 1, commit 801bde6).
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from onboard.messages import (
    SCHEMA_VERSION,
    Envelope,
    EventReport,
    Severity,
    StatusReport,
    UnknownReport,
    unknown_fields,
)

RECORDED = Path(__file__).parent / "recorded"
OLD_MESSAGES = [json.loads(line) for line in (RECORDED / "version_1.jsonl").open()]
OLD_READER = jsonschema.Draft202012Validator(
    json.loads((RECORDED / "version_1.schema.json").read_text())
)


@pytest.mark.parametrize("old", OLD_MESSAGES, ids=lambda each: each["body"]["kind"])
def test_a_message_of_version_1_is_read_without_loss(old: dict[str, Any]) -> None:
    read = Envelope.model_validate(old)
    told = json.loads(read.model_dump_json())
    assert read.version == 1
    assert unknown_fields(old, read) == 0
    assert old["body"].items() <= told["body"].items()


@pytest.mark.parametrize("old", OLD_MESSAGES, ids=lambda each: each["body"]["kind"])
def test_a_message_of_today_is_one_to_a_reader_of_version_1(old: dict[str, Any]) -> None:
    now = Envelope.model_validate(old).model_copy(update={"version": SCHEMA_VERSION})
    OLD_READER.validate(json.loads(now.model_dump_json()))


def test_a_full_status_of_today_is_one_to_a_reader_of_version_1() -> None:
    (old,) = (each for each in OLD_MESSAGES if each["body"]["kind"] == "status")
    body = StatusReport.model_validate(
        {
            **old["body"],
            "state": "blind",
            "problems": ["no_model"],
            "stage_p95_ms": {"detect": 90.0},
            "recording": "full",
        }
    )
    now = Envelope.model_validate(old).model_copy(update={"version": SCHEMA_VERSION, "body": body})
    OLD_READER.validate(json.loads(now.model_dump_json()))


@pytest.fixture
def raw_event(make_event: Callable[..., Envelope]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(make_event(1).model_dump_json())
    return told


def test_what_a_newer_aircraft_adds_is_counted_wherever_it_stands(
    raw_event: dict[str, Any],
) -> None:
    raw_event["version"] = SCHEMA_VERSION + 7
    raw_event["fleet"] = "north"
    raw_event["body"]["wind_m_s"] = 4.0
    raw_event["body"]["position"]["ellipse"]["skew"] = 0.1
    read = Envelope.model_validate(raw_event)
    assert isinstance(read.body, EventReport)
    assert unknown_fields(raw_event, read) == 3


def test_boxes_with_new_fields_are_counted_each(raw_event: dict[str, Any]) -> None:
    box = {"left_px": 1, "top_px": 2, "width_px": 3, "height_px": 4, "confidence": 0.5}
    boxes = [{**box, "object_class": "drone", "mask": "rle"} for _ in range(2)]
    raw_event["body"]["picture"] = {
        "sha256": "0" * 64,
        "width_px": 9,
        "height_px": 9,
        "media_type": "image/avif",
        "boxes": boxes,
    }
    assert unknown_fields(raw_event, Envelope.model_validate(raw_event)) == 2


def test_a_kind_that_is_not_known_is_kept_with_everything_in_it(raw_event: dict[str, Any]) -> None:
    raw_event["body"] = {"kind": "sound", "heard": {"what": "glass", "at_s": [1, 2]}}
    read = Envelope.model_validate(raw_event)
    assert isinstance(read.body, UnknownReport)
    assert json.loads(read.model_dump_json())["body"] == raw_event["body"]


def test_a_severity_that_is_not_known_is_an_alarm(raw_event: dict[str, Any]) -> None:
    raw_event["body"]["severity"] = "catastrophe"
    read = Envelope.model_validate(raw_event)
    assert isinstance(read.body, EventReport)
    assert read.body.severity is Severity.ALARM


def test_what_an_older_reader_would_misread_is_refused_whole(raw_event: dict[str, Any]) -> None:
    raw_event["readable_from"] = SCHEMA_VERSION + 1
    with pytest.raises(ValidationError, match="readable_from"):
        Envelope.model_validate(raw_event)


@pytest.mark.parametrize("kind", [None, 7, "", "a kind", "x" * 33])
def test_a_body_without_a_proper_kind_is_refused(raw_event: dict[str, Any], kind: Any) -> None:
    raw_event["body"] = {"kind": kind}
    with pytest.raises(ValidationError):
        Envelope.model_validate(raw_event)
