"""From the executive's actions to messages for the hub, and from findings and tracks to events."""

from datetime import datetime, timedelta

import numpy as np

from missions.geodesy import LocalPlane
from missions.heights import HeightAmsl
from onboard.executive.actions import Answer, Offer, Said
from onboard.executive.noticed import Matrix, Noticed, Sighted, moved
from onboard.executive.refusal import Why
from onboard.geolocate import ellipses
from onboard.mavlink.command import CommandPlace
from onboard.messages import (
    DecisionReport,
    GroundPosition,
    HandoverAnswerReport,
    HandoverReport,
    Severity,
)
from onboard.rules import Finding
from onboard.track import Track

# An offer is that long on its way at most; clocks of two aircraft may differ by more.
ON_ITS_WAY_S = 20.0


def decision_report(said: Said, at: datetime) -> DecisionReport:
    """A decision as the hub is told of it."""
    place = said.place
    return DecisionReport(
        severity=said.severity,
        state=said.state.value,
        reason=said.reason,
        words=said.words,
        decided_at=at,
        latitude_deg=None if place is None else round(place.latitude_deg, 7),
        longitude_deg=None if place is None else round(place.longitude_deg, 7),
        height_amsl_m=None if place is None else place.height_amsl_m,
        event_id=said.event_id,
    )


def handover_report(offer: Offer, at: datetime) -> HandoverReport:
    """An offered track with its covariance and the ellipse that holds it with 90 %."""
    track = offer.track
    (ellipse,) = ellipses(np.array([track.covariance_m2]))
    return HandoverReport(
        severity=Severity.ALARM,
        handover_id=offer.handover_id,
        to=offer.to,
        event_kind=offer.noticed.kind,
        event_id=offer.noticed.event_id,
        certainty=offer.noticed.certainty,
        object_class=offer.noticed.object_class,
        track_id=track.track_id,
        position=GroundPosition(
            latitude_deg=round(track.place.latitude_deg, 7),
            longitude_deg=round(track.place.longitude_deg, 7),
            height_amsl_m=track.place.height_amsl_m,
            ellipse=ellipse,
        ),
        covariance_m2=track.covariance_m2,
        velocity_east_m_s=track.velocity_en_m_s[0],
        velocity_north_m_s=track.velocity_en_m_s[1],
        seen_at=at,
        valid_until=at + timedelta(seconds=offer.valid_s),
    )


def answer_report(answer: Answer) -> HandoverAnswerReport:
    """An answer to another drone's offer."""
    return HandoverAnswerReport(
        severity=Severity.ALARM,
        handover_id=answer.handover_id,
        to=answer.to,
        accepted=answer.accepted,
        reason=answer.reason,
    )


def unable(report: HandoverReport, by: str) -> HandoverAnswerReport:
    """The answer of an aircraft that has nobody to take a track over."""
    answer = Answer(
        handover_id=report.handover_id, to=by, accepted=False, reason=Why.NO_RELIEF.value
    )
    return answer_report(answer)


def offered(report: HandoverReport, at: datetime) -> Noticed:
    """Another drone's offer as an event of this one, where its object must be by now."""
    place = CommandPlace(
        latitude_deg=report.position.latitude_deg,
        longitude_deg=report.position.longitude_deg,
        height_amsl_m=report.position.height_amsl_m,
    )
    since_s = min(max(0.0, (at - report.seen_at).total_seconds()), ON_ITS_WAY_S)
    velocity = (report.velocity_east_m_s, report.velocity_north_m_s)
    return Noticed(
        event_id=report.handover_id,
        kind=report.event_kind,
        object_class=report.object_class,
        certainty=report.certainty,
        place=moved(place, *(each * since_s for each in velocity)),
        covariance_m2=report.covariance_m2,
        velocity_en_m_s=velocity,
    )


def noticed(finding: Finding, event_id: str, *, plane: LocalPlane, ground: HeightAmsl) -> Noticed:
    """A finding of this aircraft's rules; `en_m` of it is on the plane."""
    first = finding.tracks[0] if finding.tracks else None
    velocity = np.zeros(2) if first is None else first.velocity_en_m_s
    return Noticed(
        event_id=event_id,
        kind=finding.kind,
        object_class=finding.object_class,
        certainty=finding.certainty,
        place=_place(finding.en_m, plane, ground),
        covariance_m2=_matrix(finding.covariance_m2),
        velocity_en_m_s=(float(velocity[0]), float(velocity[1])),
        track_ids=tuple(track.track_id for track in finding.tracks),
    )


def sighted(track: Track, *, plane: LocalPlane, ground: HeightAmsl) -> Sighted:
    """A track as it was seen now."""
    return Sighted(
        track_id=track.track_id,
        object_class=track.object_class,
        place=_place(track.en_m, plane, ground),
        covariance_m2=_matrix(track.covariance_m2),
        velocity_en_m_s=(float(track.velocity_en_m_s[0]), float(track.velocity_en_m_s[1])),
    )


def _place(en_m: np.ndarray, plane: LocalPlane, ground: HeightAmsl) -> CommandPlace:
    point = plane.geo(float(en_m[0]), float(en_m[1]))
    return CommandPlace(
        latitude_deg=point.latitude_deg,
        longitude_deg=point.longitude_deg,
        height_amsl_m=ground.m,
    )


def _matrix(covariance_m2: np.ndarray) -> Matrix:
    (a, b), (c, d) = covariance_m2.tolist()
    return ((a, b), (c, d))
