"""One aircraft's process: the loop that takes frames, and the threads that it owns."""

import json
import sys
import threading
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any

import cv2

from missions.errors import Failed
from missions.heights import HeightAmsl
from onboard.building import Parts
from onboard.configuration import OnboardConfiguration
from onboard.geolocate import view
from onboard.messages import StatusReport
from onboard.pipeline import Perceived
from onboard.posing import Instant
from onboard.reporting import (
    Envelopes,
    event_report,
    picture_ref,
    shown_picture,
    tracks_report,
)
from onboard.source import Frame
from onboard.tally import Tally
from onboard.telemetry import PoseMissing

FRAME_WAIT_S = 0.25
STATUS_EVERY_S = 1.0
# Together with the ends of all threads this stays below three seconds.
LAST_WORD_S = 1.2
MISSED_IN_A_ROW = 3
LATE_EVENTS = 1_000


class Aircraft:
    """Runs until its source ends or `stop` is set, which a signal handler may do."""

    def __init__(
        self, configuration: OnboardConfiguration, parts: Parts, stop: threading.Event
    ) -> None:
        # Several aircraft share a small computer: OpenCV's own threads would fight over its cores.
        cv2.setNumThreads(1)
        self._configuration = configuration
        self._parts = parts
        self._envelopes = Envelopes(configuration.drone_id)
        kept = None if parts.source.facts.plays_once else LATE_EVENTS
        self._tally = Tally(events=deque(maxlen=kept))
        self._stop = stop
        self._last_boot_s = -float("inf")
        self._last_tracks_s = -float("inf")
        self._next_status_s = 0.0

    def run(self) -> dict[str, Any]:
        """Take frames until the end, empty the outbox, and sum up.

        Raises:
            BadInput: a finite source holds no frame that can be read.
            Failed: a finite source's events did not reach the hub, or nothing could be placed.
        """
        parts = self._parts
        parts.start()
        try:
            while not self._stop.is_set() and not parts.source.at_end:
                frame = parts.source.next_frame(FRAME_WAIT_S)
                if frame is not None:
                    self._take(frame)
                self._tell_status()
            return self._end()
        finally:
            parts.close()

    def _take(self, frame: Frame) -> None:
        stages = self._parts.stages
        stages.add("decode", frame.decode_s)
        with stages.of("pose"):
            instant = self._parts.posing.instant(frame)
        if isinstance(instant, PoseMissing):
            self._tally.without_pose += 1
            self._tally.without_pose_in_a_row += 1
            self._tally.why_no_pose = instant.value
            return
        self._tally.without_pose_in_a_row = 0
        if self._too_soon(instant.boot_s):
            self._tally.over_rate += 1
            return
        ground = self._ground()
        perceived = self._parts.pipeline.process(
            frame.image, boot_s=instant.boot_s, pose=instant.pose, ground=ground
        )
        with stages.of("report"):
            self._count(perceived)
            self._report(frame, instant, perceived, ground)
        stages.add("capture_to_report", time.monotonic() - frame.received_s)

    def _too_soon(self, boot_s: float) -> bool:
        """Whether the frame is more than `rate_hz` asks for."""
        rate_hz = self._configuration.rate_hz
        since_s = boot_s - self._last_boot_s
        if rate_hz and 0.0 <= since_s < 0.999 / rate_hz:
            return True
        self._last_boot_s = boot_s
        return False

    def _ground(self) -> HeightAmsl:
        told_m = self._configuration.ground_height_amsl_m
        if told_m is not None:
            return HeightAmsl(told_m)
        return self._parts.posing.home_amsl() or HeightAmsl(0.0)

    def _count(self, perceived: Perceived) -> None:
        self._tally.processed += 1
        self._tally.detections += len(perceived.detections)
        self._tally.not_placed += perceived.not_placed
        self._tally.add_tracks({track.track_id for track in perceived.tracks})

    def _report(
        self, frame: Frame, instant: Instant, perceived: Perceived, ground: HeightAmsl
    ) -> None:
        if perceived.findings:
            self._report_events(frame, instant, perceived, ground)
        live = self._parts.live
        since_s = instant.boot_s - self._last_tracks_s
        if live is None or 0.0 <= since_s < 0.999 / self._configuration.tracks_rate_hz:
            return
        self._last_tracks_s = instant.boot_s
        tracks = tracks_report(perceived.tracks, plane=perceived.plane, ground=ground)
        live.offer(self._envelopes.around(tracks, instant.captured_at))
        seen = view(instant.pose, perceived.camera, ground)
        live.offer(self._envelopes.around(seen, instant.captured_at))

    def _report_events(
        self, frame: Frame, instant: Instant, perceived: Perceived, ground: HeightAmsl
    ) -> None:
        outbox = self._parts.outbox
        shown = shown_picture(frame, widest_px=self._configuration.picture_width_px)
        sha256 = outbox.put_picture(shown.content)
        for finding in perceived.findings:
            picture = (
                None if sha256 is None else picture_ref(sha256, shown, finding, perceived.tracks)
            )
            event = event_report(
                finding,
                plane=perceived.plane,
                ground=ground,
                boot_s=instant.boot_s,
                captured_at=instant.captured_at,
                picture=picture,
                frame_id=frame.frame_id,
            )
            envelope = self._envelopes.around(event, instant.captured_at)
            outbox.put(envelope)
            self._tally.add_event(envelope.id, event)

    def _tell_status(self) -> None:
        now_s = time.monotonic()
        if self._parts.live is None or now_s < self._next_status_s:
            return
        self._next_status_s = now_s + STATUS_EVERY_S
        self._parts.live.offer(self._envelopes.around(self._status(), datetime.now(UTC)))

    def _status(self) -> StatusReport:
        parts, counts = self._parts, self._parts.source.counts
        outbox = parts.outbox.counts
        return StatusReport(
            source=parts.source.facts.name,
            detector=parts.detector_name,
            frames_seen=counts.seen,
            frames_dropped=counts.dropped + self._tally.over_rate,
            frames_corrupt=counts.corrupt,
            frames_without_pose=self._tally.without_pose,
            outbox_waiting=parts.outbox.waiting,
            outbox_refused=outbox.refused,
            outbox_dropped=outbox.dropped_messages + outbox.dropped_pictures,
            pictures_waiting=parts.outbox.pictures_waiting,
            stage_ms=parts.stages.late_ms(),
            text=self._words(),
        )

    def _words(self) -> str:
        """What a person should know, empty where all is well."""
        outbox, uplink = self._parts.outbox, self._parts.uplink
        words = [self._parts.source.counts.problem] if self._parts.source.counts.problem else []
        if outbox.counts.disk_error:
            held = outbox.held_in_memory
            words.append(f"outbox: {outbox.counts.disk_error}; {held} held in memory only")
        if uplink is not None and uplink.problem:
            words.append(uplink.problem)
        if self._parts.posing.problem():
            words.append(self._parts.posing.problem())
        if self._tally.without_pose_in_a_row >= MISSED_IN_A_ROW:
            words.append(f"frames cannot be placed: {self._tally.why_no_pose}")
        return "; ".join(words)[:500]

    def _end(self) -> dict[str, Any]:
        parts = self._parts
        finite = parts.source.facts.plays_once and not self._stop.is_set()
        drained = True
        if parts.live is not None and parts.uplink is not None:
            parts.live.offer(self._envelopes.around(self._status(), datetime.now(UTC)))
            until_s = time.monotonic() + LAST_WORD_S
            parts.live.flush(LAST_WORD_S)
            left_s = max(0.0, until_s - time.monotonic())
            drained = parts.uplink.drained(self._configuration.uplink.drain_s if finite else left_s)
        if finite:
            self._judge_end(drained=drained)
        return self._summary()

    def _judge_end(self, *, drained: bool) -> None:
        outbox, uplink, tally = self._parts.outbox, self._parts.uplink, self._tally
        if not tally.processed:
            raise Failed(f"no frame of {tally.without_pose} had a pose: {tally.why_no_pose}")
        if not drained and uplink is not None:
            raise Failed(
                f"{uplink.problem or 'the hub was too slow'}; {outbox.waiting} events and "
                f"{outbox.pictures_waiting} pictures are kept in {outbox.folder}"
            )
        if outbox.counts.refused:
            raise Failed(
                f"the hub refused {outbox.counts.refused} events; they are kept in {outbox.folder}"
            )

    def _summary(self) -> dict[str, Any]:
        tally, counts, outbox = self._tally, self._parts.source.counts, self._parts.outbox
        return {
            "drone_id": self._configuration.drone_id,
            "source": self._parts.source.facts.name,
            "notes": list(self._parts.source.facts.notes),
            "detector": self._parts.detector_name,
            "frames": {
                "seen": counts.seen,
                "processed": tally.processed,
                "dropped": counts.dropped + tally.over_rate,
                "corrupt": counts.corrupt,
                "without_pose": tally.without_pose,
            },
            "detections": tally.detections,
            "detections_without_ground": tally.not_placed,
            "telemetry_malformed": self._parts.posing.malformed,
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
                "dropped": outbox.counts.dropped_messages + outbox.counts.dropped_pictures,
            },
            "stage_ms": self._parts.stages.mean_ms(),
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
