"""The run: plan and check five patrols, start the processes, upload, fly, act, judge."""

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from missions.errors import Failed
from sim.demo.hub_client import HubClient
from sim.demo.operator import Operator
from sim.demo.patrol import Patrol, read_patrols, run_together
from sim.demo.processes import READY_TIMEOUT_S, Supervisor
from sim.demo.report import DemoReport, judged
from sim.demo.workspace import Settings, Workspace

LOOK_EVERY_S = 0.5
DRAINED_AFTER_S = 2.0


class Demo:
    """One run of the demo. `tell` takes one line of progress; `once` ends the aircraft with it."""

    def __init__(self, settings: Settings, tell: Callable[[str], None], *, once: bool) -> None:
        self._once = once
        self._workspace = Workspace(settings=settings)
        self._tell = tell
        self._began_s = time.monotonic()
        self._supervisor = Supervisor(self._workspace.logs)
        self._hub = HubClient(self._workspace.hub_url)
        self._operator = Operator(self._hub, tell)
        self._patrols: list[Patrol] = []

    def run(self, *, time_limit_s: float, then: Callable[[DemoReport], None]) -> DemoReport:
        """Fly every patrol once, judge it, and call `then` while everything still serves.

        Raises:
            Failed: a process ended, or a step did not come to its end in time.
            BadInput: the folder or a port is not to be had.
        """
        try:
            self._prepare()
            self._start()
            self._upload()
            home = self._fly(time_limit_s)
            report = self._judge(home)
            then(report)
            return report
        finally:
            self._supervisor.end()
            self._hub.close()

    def stay(self) -> None:
        """Keep serving until interrupted."""
        while True:
            self._supervisor.watch()
            self._operator.look()
            time.sleep(LOOK_EVERY_S)

    def _prepare(self) -> None:
        workspace, settings = self._workspace, self._workspace.settings
        workspace.prepare()
        self._tell("inventing the district (seeded; nothing in it is real)")
        district = ["sim", f"--write-district={workspace.district}", f"--seed={settings.seed}"]
        run_together({"district": district})
        self._patrols = read_patrols(workspace.district)
        self._tell("planning and checking five patrols")
        run_together(
            {
                f"plan for {each.drone_id}": each.plan_arguments(
                    ground_amsl_m=settings.ground_amsl_m,
                    plan=workspace.plan(each),
                    path=workspace.path(each),
                )
                for each in self._patrols
            }
        )
        run_together(
            {
                f"check for {each.drone_id}": ["check", str(workspace.plan(each))]
                for each in self._patrols
            }
        )

    def _start(self) -> None:
        workspace, supervisor = self._workspace, self._supervisor
        self._tell("starting the hub, the simulation and an onboard process a drone")
        hub_file = workspace.write_hub(self._patrols)
        supervisor.start("hub", "hub", f"--config={hub_file}", "--json", keep_alive=True)
        supervisor.start("sim", "sim", f"--config={workspace.write_sim(self._patrols)}", "--json")
        for each in self._patrols:
            file = workspace.write_onboard(each)
            supervisor.start(each.drone_id, "onboard", f"--config={file}", "--json")
        supervisor.wait(self._hub.is_up, what="the hub did not answer", timeout_s=READY_TIMEOUT_S)
        self._tell(f"the page is at {workspace.hub_url}/")
        supervisor.wait(
            self._all_linked,
            what="not every drone was heard with its home position",
            timeout_s=READY_TIMEOUT_S,
        )

    def _upload(self) -> None:
        self._tell("uploading five plans, each proven on board")
        with ThreadPoolExecutor(len(self._patrols)) as pool:
            outcomes = list(pool.map(self._prove, self._patrols))
        for patrol, outcome in zip(self._patrols, outcomes, strict=True):
            if outcome["outcome"] != "proven":
                raise Failed(
                    f"plan of {patrol.drone_id}: {outcome['outcome']}: {outcome['reason']}"
                )
            self._tell(
                f"{patrol.drone_id}: {patrol.name} ({patrol.pattern}), {outcome['items']} items "
                f"proven on board, hash {outcome['mission_hash']:08x}"
            )

    def _prove(self, patrol: Patrol) -> dict[str, Any]:
        plan = self._workspace.plan(patrol).read_text(encoding="utf-8")
        return self._hub.upload(patrol.system_id, plan)

    def _fly(self, time_limit_s: float) -> dict[str, bool]:
        with ThreadPoolExecutor(len(self._patrols)) as pool:
            answers = list(pool.map(self._take_off, self._patrols))
        for patrol, answer in zip(self._patrols, answers, strict=True):
            if answer["outcome"] != "done":
                raise Failed(f"{patrol.drone_id} did not start: {answer['reason']}")
        self._tell(f"five drones fly, {self._workspace.settings.speed:g} times faster than life")
        home = {each.drone_id: False for each in self._patrols}
        while not all(home.values()) and time.monotonic() - self._began_s < time_limit_s:
            self._supervisor.watch()
            self._operator.look()
            self._note_home(home)
            time.sleep(LOOK_EVERY_S)
        self._drain()
        return home

    def _take_off(self, patrol: Patrol) -> dict[str, Any]:
        return self._hub.command(patrol.system_id, "start")

    def _note_home(self, home: dict[str, bool]) -> None:
        vehicles = self._hub.vehicles()
        for each in self._patrols:
            view = vehicles.get(each.system_id)
            if not home[each.drone_id] and view is not None and view["armed"] is False:
                home[each.drone_id] = True
                self._tell(f"{each.drone_id} is home")

    def _drain(self) -> None:
        """Let the outboxes empty, and act on what comes last."""
        if self._once:
            self._supervisor.end(*(each.drone_id for each in self._patrols))
        deadline_s = time.monotonic() + DRAINED_AFTER_S
        while time.monotonic() < deadline_s:
            self._operator.look()
            time.sleep(LOOK_EVERY_S / 2)

    def _judge(self, home: dict[str, bool]) -> DemoReport:
        return judged(
            self._workspace,
            self._patrols,
            self._hub,
            self._operator.first_sight,
            home=home,
            hub_restarts=self._supervisor.children["hub"].restarts,
            wall_s=time.monotonic() - self._began_s,
        )

    def _all_linked(self) -> bool:
        vehicles = self._hub.vehicles()
        return all(
            each.system_id in vehicles and vehicles[each.system_id]["home"] is not None
            for each in self._patrols
        )


def run_demo(settings: Settings, *, once: bool, as_json: bool, time_limit_s: float) -> int:
    """Run it; 0 only if all that was scripted was found and acted on."""
    began_s = time.monotonic()

    def tell(line: str) -> None:
        print(f"[{time.monotonic() - began_s:6.1f} s] {line}", file=sys.stderr, flush=True)

    demo = Demo(settings, tell, once=once)

    def show(report: DemoReport) -> None:
        print(json.dumps(report.as_json(), indent=2) if as_json else report.as_text(), flush=True)
        if not once:
            tell("everything stays up, and the page can start the drones again; Ctrl-C ends it")
            demo.stay()

    report = demo.run(time_limit_s=time_limit_s, then=show)
    if not report.complete:
        print("qyran demo: not all that was scripted was found", file=sys.stderr)
    return 0 if report.complete else 1
