"""One aircraft's process: the loop that takes frames, and the threads that it owns."""

import gc
import importlib
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
from onboard.executive.crew import ExecutiveReport
from onboard.executive.reports import unable
from onboard.geolocate import view
from onboard.messages import HandoverReport, StatusReport
from onboard.pipeline import Perceived
from onboard.posing import Instant
from onboard.recording.lines import seen_line
from onboard.reporting import (
    Envelopes,
    event_report,
    picture_ref,
    shown_picture,
    tracks_report,
)
from onboard.source import Frame
from onboard.status import StateLog, Watched, status_report
from onboard.summary import summary
from onboard.tally import Tally
from onboard.telemetry import PoseMissing
from onboard.uplink.mail import ForDrones
from onboard.watch.camera import CameraWatch
from onboard.watch.clock import ClockWatch
from onboard.watch.watchdog import Watchdog

FRAME_WAIT_S = 0.25
STATUS_EVERY_S = 1.0
# Together with the ends of all threads this stays below three seconds.
LAST_WORD_S = 1.2
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
        self._hub_answers = 0
        if parts.crew is not None:
            parts.crew.report_to(self._keep)
        parts.mail.told = self._decline if parts.crew is None else parts.crew.told
        self._log = StateLog()
        self._watched = Watched(
            camera=CameraWatch(time.monotonic(), on_a_mast=configuration.fixed_pose is not None),
            clock=ClockWatch(),
            restarts=parts.restarts,
            restarted_after=parts.restarted_after,
            state_refused=parts.state_refused,
            since_s=time.monotonic(),
        )

    def run(self) -> dict[str, Any]:
        """Take frames until the end, empty the outbox, and sum up.

        Raises:
            BadInput: a finite source holds no frame that can be read.
            Failed: a finite source's events did not reach the hub, or nothing could be placed.
        """
        parts = self._parts
        if not parts.source.facts.plays_once:
            # What is loaded late elsewhere: a live frame must not wait for it.
            importlib.import_module("scipy.optimize")
        parts.start()
        # What was loaded stays: a collection that looks through all of it would hold up a frame.
        gc.freeze()
        watchdog = Watchdog(self._configuration.watchdog_s, stage=lambda: parts.stages.now)
        watchdog.start()
        try:
            while not self._stop.is_set() and not parts.source.at_end:
                watchdog.beat()
                self._go_round()
            watchdog.close()
            return self._end()
        finally:
            watchdog.close()
            parts.close()

    def _go_round(self) -> None:
        source, camera = self._parts.source, self._watched.camera
        with self._parts.stages.of("wait_for_frame"):
            frame = source.next_frame(FRAME_WAIT_S)
        if frame is None:
            camera.nothing_came(source.counts.corrupt)
        else:
            camera.came(source.counts.corrupt)
            self._take(frame)
        with self._parts.stages.of("tell_state"):
            self._tell_state()

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
        if self._is_of_the_past(frame, instant):
            return
        if self._too_soon(instant.boot_s):
            self._tally.over_rate += 1
            return
        ground = self._ground()
        perceived = self._parts.pipeline.process(
            frame.image,
            boot_s=instant.boot_s,
            pose=instant.pose,
            ground=ground,
            utc=instant.captured_at,
        )
        with stages.of("report"):
            self._count(perceived)
            self._report(frame, instant, perceived, ground)
        self._record(frame, instant, perceived)
        stages.add("capture_to_report", time.monotonic() - frame.received_s)

    def _is_of_the_past(self, frame: Frame, instant: Instant) -> bool:
        """Whether a live camera shows what it showed before; the clocks are looked at too."""
        if self._parts.source.facts.plays_once:
            return False
        now_s = time.monotonic()
        self._watched.clock.frame(instant.boot_s, instant.captured_at, now_s)
        return self._watched.camera.shows_the_past(frame, instant.pose, now_s)

    def _record(self, frame: Frame, instant: Instant, perceived: Perceived) -> None:
        """What was made of a frame, in step with the pictures of the recording."""
        if self._parts.recorder is None:
            return
        with self._parts.stages.of("record"):
            self._parts.recorder.tell(
                lambda: seen_line(
                    frame.frame_id,
                    instant.boot_s,
                    instant.captured_at,
                    pose=instant.pose,
                    tracks=perceived.tracks,
                    plane=perceived.plane,
                )
            )

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
        if self._parts.crew is not None:
            self._parts.crew.followed(perceived.tracks, plane=perceived.plane, ground=ground)
        live = self._parts.live
        since_s = instant.boot_s - self._last_tracks_s
        if live is None or 0.0 <= since_s < 0.999 / self._configuration.tracks_rate_hz:
            return
        self._last_tracks_s = instant.boot_s
        tracks = tracks_report(perceived.tracks, plane=perceived.plane, ground=ground)
        seen = view(instant.pose, perceived.camera, ground)
        live.offer(
            self._envelopes.around(tracks, instant.captured_at),
            self._envelopes.around(seen, instant.captured_at),
        )

    def _report_events(
        self, frame: Frame, instant: Instant, perceived: Perceived, ground: HeightAmsl
    ) -> None:
        outbox, recorder = self._parts.outbox, self._parts.recorder
        shown = shown_picture(
            frame,
            widest_px=self._configuration.picture_width_px,
            most_bytes=self._parts.picture_bytes,
        )
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
                recording_link=None if recorder is None else recorder.head,
            )
            envelope = self._envelopes.around(event, instant.captured_at)
            outbox.put(envelope)
            self._tally.add_event(envelope.id, event)
            if self._parts.crew is not None:
                self._parts.crew.found(finding, envelope.id, plane=perceived.plane, ground=ground)
            if recorder is not None:
                lasted_s = instant.boot_s - finding.began_s
                recorder.event(envelope.id, event.model_dump(mode="json"), lasted_s=lasted_s)

    def _keep(self, report: ExecutiveReport) -> None:
        """What the executive says is as durable as an event."""
        self._parts.outbox.put(self._envelopes.around(report, datetime.now(UTC)))

    def _decline(self, report: ForDrones, by: str) -> None:
        """An aircraft without an executive takes nothing over, and says so."""
        if isinstance(report, HandoverReport):
            self._keep(unable(report, by))

    def _tell_crew(self) -> None:
        """That the hub has answered since it was last looked at."""
        live, crew = self._parts.live, self._parts.crew
        if live is not None and crew is not None and live.sent > self._hub_answers:
            self._hub_answers = live.sent
            crew.hub_answered()

    def _tell_state(self) -> None:
        """Once a second: to the hub, to the log, and to the disk for the next process."""
        now_s = time.monotonic()
        if now_s < self._next_status_s:
            return
        self._next_status_s = now_s + STATUS_EVERY_S
        status = self._status()
        if not self._parts.source.facts.plays_once:
            self._log.tell(status, now_s)
        self._keep_state()
        self._tell_crew()
        if self._parts.live is not None:
            # With the next tracks: of what a small request costs, most is that there is one.
            self._parts.live.offer(self._envelopes.around(status, datetime.now(UTC)), at_once=False)

    def _status(self) -> StatusReport:
        return status_report(self._parts, self._tally, self._watched, time.monotonic())

    def _keep_state(self) -> None:
        snapshots = self._parts.snapshots
        if snapshots is not None and self._tally.processed:
            with self._parts.stages.of("keep_state"):
                snapshots.write(self._parts.pipeline.state())

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

    def _summary(self) -> dict[str, Any]:
        return summary(self._configuration.drone_id, self._parts, self._tally)

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
