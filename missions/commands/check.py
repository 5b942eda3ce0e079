"""`qyran check`: read, check, say."""

import argparse
from pathlib import Path

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
    against = asked_against(args, asked_vehicle(args), asked_profile(args))
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
    said, lines = {"plan": args.plan, "px4": px4}, [f"{args.plan}: {verdict}"]
    if done is not None:
        said |= {"mended": list(done.mended), "out": done.out}
        lines = [*done.lines, f"{done.out or args.plan}: {verdict}"]
    return say(args, said, findings, lines)
