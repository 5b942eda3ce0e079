"""The report over a simulated vehicle, and reading parameters over a link that loses much."""

import random
from typing import Any

import pytest

from ground_station.readiness.look import look_over
from ground_station.readiness.report import Level


def test_default_vehicle_is_ready_with_the_lost_link_as_a_warning(fly: Any) -> None:
    reports: list[Any] = []

    async def deeds(bench: Any) -> None:
        reports.append(await look_over(bench.session))

    fly(deeds)
    (report,) = reports
    levels = {line.check: line.level for line in report.lines}
    assert levels["link_loss_action"] is Level.WARNING
    assert levels["position"] is Level.OK
    assert report.parameters_unread == ()
    assert all(line.consequence and line.proposal for line in report.lines if line.level != "ok")


def test_vehicle_that_falls_when_its_link_is_lost_is_blocked(fly: Any) -> None:
    reports: list[Any] = []

    async def deeds(bench: Any) -> None:
        reports.append(await look_over(bench.session))

    fly(deeds, NAV_DLL_ACT=5)
    assert reports[0].level is Level.BLOCKING


@pytest.mark.parametrize("seed", range(3))
def test_parameters_are_read_though_a_third_is_lost(seed: int) -> None:
    from onboard.mavlink.codec import Address, Decoder, Encoder
    from onboard.mavlink.parameter_set import ParameterSetRead

    rng = random.Random(seed)
    vehicle, own = Address(1, 1), Address(255, 190)
    names = [f"P_{n}" for n in range(20)]
    reader = ParameterSetRead(own=own, vehicle=vehicle, names=names, attempts=20)
    voice, ears = Encoder(system_id=1, component_id=1), Decoder()
    asked, now_s = reader.start(0.0), 0.0
    while reader.outcome is None and now_s < 60.0:
        now_s += 0.1
        answers = [
            voice.encode("PARAM_VALUE", param_id=send.fields["param_id"], param_type=9)
            for send in asked
            if rng.random() > 0.3
        ]
        heard = [m for answer in answers if rng.random() > 0.3 for m in ears.feed(answer)]
        asked = [send for message in heard for send in reader.receive(message, now_s)]
        asked += reader.tick(now_s)
    assert reader.outcome is not None
    assert sorted(reader.outcome.values) == sorted(names)
