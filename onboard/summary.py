"""What an aircraft's process has done, summed up at its end."""

import json
import sys
from typing import Any

from onboard.building import Parts
from onboard.tally import Tally


def summary(drone_id: str, parts: Parts, tally: Tally) -> dict[str, Any]:
    """Everything by name, as JSON data."""
    counts, outbox = parts.source.counts, parts.outbox
    return {
        "drone_id": drone_id,
        "source": parts.source.facts.name,
        "notes": list(parts.source.facts.notes),
        "detector": parts.detector.name,
        "frames": {
            "seen": counts.seen,
            "processed": tally.processed,
            "dropped": counts.dropped + tally.over_rate,
            "corrupt": counts.corrupt,
            "without_pose": tally.without_pose,
        },
        "detections": tally.detections,
        "detections_without_ground": tally.not_placed,
        "calibration": parts.pipeline.calibration_told,
        "telemetry_malformed": parts.posing.malformed,
        "tracks": tally.track_count,
        "event_count": tally.event_count,
        "events": [
            {"id": message_id, **event.model_dump(mode="json")}
            for message_id, event in tally.events
        ],
        "outbox": {
            "delivered": outbox.counts.delivered,
            "pictures_delivered": outbox.counts.delivered_pictures,
            "waiting": outbox.waiting,
            "refused": outbox.counts.refused,
            "dropped": outbox.dropped,
        },
        "stage_times": parts.stages.times(),
        "stage_ms": parts.stages.mean_ms(),
        "stage_cpu_ms": parts.stages.mean_cpu_ms(),
        "stage_all_cpu_ms": parts.stages.mean_all_cpu_ms(),
        "stage_p95_ms": parts.stages.late_p95_ms(),
    }


def print_summary(summary: dict[str, Any], *, as_json: bool) -> None:
    """The summary on stdout: JSON, or one line for a person."""
    if as_json:
        json.dump(summary, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return
    frames = summary["frames"]
    print(
        f"{frames['processed']} of {frames['seen']} frames, {summary['detections']} detections, "
        f"{summary['tracks']} tracks, {summary['event_count']} events, "
        f"{summary['outbox']['delivered']} delivered"
    )
