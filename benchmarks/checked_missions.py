"""What `missions.checks.predict` says of random plans against what PX4 does with them.

Every plan (`random_missions`) is uploaded to PX4's own simulator, fence, rally points and mission,
and the three MISSION_ACKs and the navigator's verdict are compared with the prediction:
`python -m benchmarks.checked_missions --px4 PX4/build`.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.machine import Machine
from benchmarks.px4_instances import FIRST_PORT, add_px4_arguments, running_px4
from benchmarks.px4_verdict import Judge, Verdict
from benchmarks.random_missions import Case, random_missions
from benchmarks.report import Report, Row, Table, run, told
from benchmarks.vehicle_line import UdpLine
from missions.checks import Prediction, predict
from missions.errors import BadInput
from missions.plan import Plan

READY_WITHIN_S = 90.0
FACTOR = 3.0
PROFILE_FIELDS = ("mis_tko_land_req", "mis_dist_1wp_m", "gf_max_hor_dist_m", "gf_max_ver_dist_m")
MODELS = {
    "multirotor": "sihsim_quadx",
    "fixed_wing": "sihsim_airplane",
    "vtol": "sihsim_standard_vtol",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One plan: what was predicted, and what the vehicle did."""

    case: Case
    plan: Plan
    said: Prediction
    did: Verdict

    @property
    def refused(self) -> bool:
        """Whether the vehicle refused any part, or will not fly it."""
        acks = (self.did.mission, self.did.fence, self.did.rally)
        return any(acks) or not self.did.feasible or not self.did.fence_kept

    @property
    def predicted(self) -> bool:
        """Whether any of that was predicted."""
        return not self.said.accepted

    @property
    def differences(self) -> list[str]:
        """Every part of the answer that differs, in words."""
        parts = ("mission", "fence", "rally", "feasible", "fence_kept")
        pairs = ((name, getattr(self.said, name), getattr(self.did, name)) for name in parts)
        return [f"{name}: predicted {a!r}, PX4 {b!r}" for name, a, b in pairs if a != b]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line."""
    parser.add_argument("--seed", type=int, default=1, help="of the plans; default %(default)s")
    parser.add_argument("--count", type=int, default=300, help="plans; default %(default)s")
    parser.add_argument(
        "--home",
        default="44.8526,65.5092,129",
        help="where PX4 stands: latitude, longitude, metres above the sea; default %(default)s",
    )
    parser.add_argument(
        "--vehicle", choices=MODELS, default="multirotor", help="default %(default)s"
    )
    parser.add_argument(
        "--port", type=int, help="a vehicle that runs already, behind this UDP port"
    )
    parser.add_argument("--out", type=Path, help="every plan's answers, as JSON lines")
    add_px4_arguments(parser)


def measure(arguments: argparse.Namespace) -> Report:
    """Start PX4 (or go to a vehicle that runs), try every plan, and count."""
    machine = Machine.now()
    if arguments.port is not None:
        with closing(Judge(UdpLine(arguments.port), system_id=arguments.px4_first + 1)) as judge:
            found = compare(judge, arguments)
    else:
        if arguments.px4 is None:
            raise BadInput(where="--px4", what="the folder of a PX4 build is wanted")
        place = dict(zip(("LAT", "LON", "ALT"), arguments.home.split(","), strict=True))
        variables = {f"PX4_HOME_{name}": value for name, value in place.items()}
        variables["PX4_SIM_MODEL"] = MODELS[arguments.vehicle]
        first = arguments.px4_first
        with (
            running_px4(arguments.px4, count=1, factor=FACTOR, first=first, variables=variables),
            closing(Judge(UdpLine(FIRST_PORT + first), system_id=first + 1)) as judge,
        ):
            found = compare(judge, arguments)
    if arguments.out:
        arguments.out.write_text("".join(_line(one) for one in found), encoding="utf-8")
    return _report(machine, arguments, found)


def compare(judge: Judge, arguments: argparse.Namespace) -> list[Compared]:
    """Upload every plan and hold the answer against the prediction."""
    home = judge.ready(READY_WITHIN_S)
    told(f"home at {home}")
    found = []
    began_s = time.monotonic()
    winged = {"fixed_wing": arguments.vehicle == "fixed_wing", "vtol": arguments.vehicle == "vtol"}
    for each in random_missions(arguments.seed, arguments.count, home):
        case = replace(each, profile=replace(each.profile, **winged))
        judge.take(case.profile)
        did = judge.judge(case.plan)
        # PX4 sets home anew while it stands and its height drifts: what counts is home by now.
        plan = replace(case.plan, home=judge.home)
        one = Compared(case=case, plan=plan, said=predict(plan, case.profile), did=did)
        found.append(one)
        if one.differences:
            told(f"plan {case.number} ({', '.join(case.twists)}): {'; '.join(one.differences)}")
            told(f"    PX4: {'; '.join(did.words)}")
            told(f"    predicted: {[one.rule for one in one.said.findings]}")
        if case.number % 50 == 49:
            told(f"{case.number + 1} plans in {time.monotonic() - began_s:.0f} s")
    return found


def _report(machine: Machine, arguments: argparse.Namespace, found: Sequence[Compared]) -> Report:
    return Report(
        name="checked_missions",
        machine=machine,
        tables=[Table(rows=[_counts(found)]), Table(title="By what was done", rows=_twists(found))],
        notes=(
            f"{len(found)} plans of seed {arguments.seed}, each uploaded to PX4's own simulator "
            f"({arguments.vehicle}).",
            "Refused: a part is not acknowledged, the mission is not feasible, or a part of the "
            "fence is dropped. Missed: PX4 refuses and the prediction does not; false: the other "
            "way round. Equal: all three results, the verdict and what is kept of the fence.",
        ),
    )


def _counts(found: Sequence[Compared]) -> Row:
    missed = [one for one in found if one.refused and not one.predicted]
    false = [one for one in found if one.predicted and not one.refused]
    accepted = sum(not one.refused for one in found)
    return {
        "plans": len(found),
        "PX4 refuses": len(found) - accepted,
        "missed": len(missed),
        "false alarms": len(false),
        "false alarms, % of plans": 100.0 * len(false) / max(1, len(found)),
        "equal in everything": sum(not one.differences for one in found),
    }


def _twists(found: Sequence[Compared]) -> list[Row]:
    plans, refused, equal = Counter[str](), Counter[str](), Counter[str]()
    for one in found:
        for name in one.case.twists:
            plans[name] += 1
            refused[name] += one.refused
            equal[name] += not one.differences
    return [
        {
            "done to the plan": name,
            "plans": plans[name],
            "PX4 refuses": refused[name],
            "equal": equal[name],
        }
        for name in sorted(plans)
    ]


def _line(one: Compared) -> str:
    """A plan and all that the vehicle answered, so that a test can hold it against a prediction."""
    plan, did, profile = one.plan, one.did, one.case.profile
    assert plan.home is not None
    home = plan.home.position
    record = {
        "plan": one.case.number,
        "twists": one.case.twists,
        "differences": one.differences,
        "profile": {name: getattr(profile, name) for name in PROFILE_FIELDS},
        "home": [home.latitude_deg, home.longitude_deg, plan.home.height.m],
        "items": [[item.command, item.frame, *item.params] for item in plan.items],
        "polygons": [
            [ring.inclusion, [[at.latitude_deg, at.longitude_deg] for at in ring.ring]]
            for ring in plan.fence.polygons
        ],
        "circles": [
            [one.inclusion, one.center.latitude_deg, one.center.longitude_deg, one.radius_m]
            for one in plan.fence.circles
        ],
        "rally": [
            [at.position.latitude_deg, at.position.longitude_deg, at.height.m] for at in plan.rally
        ],
        "answer": [did.mission, did.fence, did.rally, did.feasible, did.fence_kept],
        "words": did.words,
    }
    return json.dumps(record) + "\n"


if __name__ == "__main__":
    sys.exit(run("checked_missions", __doc__ or "", add_arguments, measure))
