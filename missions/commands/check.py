"""`qyran check`: read, check, say."""

import argparse
from pathlib import Path
from typing import Any

from missions.asked.camera import asked_vehicle
from missions.asked.px4 import asked_profile
from missions.checks import predict
from missions.commands.against import asked_against
from missions.commands.briefing import brief
from missions.commands.mending import refuse_out_alone, written_mended
from missions.commands.say import say
from missions.files import read_plan


def check_command(args: argparse.Namespace) -> int:
    """`qyran check`."""
    plan = read_plan(Path(args.plan))
    made_for = plan.made_for
    against = asked_against(args, asked_vehicle(args, made_for), asked_profile(args), made_for)
    refuse_out_alone(args)
    done = written_mended(args, plan, against) if args.fix else None
    if done is None:
        findings = against.findings(plan)
    else:
        plan, findings = done.plan, done.findings
    if args.brief:
        brief(plan, Path(args.brief), against, findings)
    answer = predict(plan, against.profile)
    px4 = {
        "mission_ack": answer.mission.name,
        "fence_ack": answer.fence.name,
        "rally_ack": answer.rally.name,
        "feasible": answer.feasible,
        "fence_kept": answer.fence_kept,
    }
    verdict = "PX4 would accept it" if answer.accepted else "PX4 would not fly it as it is"
    said: dict[str, Any] = {"plan": args.plan, "px4": px4, "vehicle": against.vehicle.name}
    lines = [f"{args.plan}: {verdict}"]
    if made_for is not None and made_for.says:
        said["made_for"] = made_for.model_dump(mode="json", exclude_none=True, exclude_unset=True)
        lines.append(f"made for {made_for.says}")
    systems = against.systems
    if systems:
        said["coordinate_systems"] = systems
        lines += systems
    if done is not None:
        said |= {"mended": list(done.mended), "out": done.out}
        if done.sorties is not None and done.sorties.flights:
            said["flights"] = [one.said() for one in done.sorties.flights]
        lines = [*done.lines, f"{done.out or args.plan}: {verdict}", *lines[1:]]
    return say(args, said, findings, lines)
