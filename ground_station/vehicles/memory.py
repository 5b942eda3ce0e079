"""Which plans were proven on which vehicle, kept on disk so that a restarted station knows them.

A vehicle's own copy cannot serve: PX4 gives a mission back with other frames and blanked
parameters, so that what is read has another hash than what was sent.
"""

import json
from pathlib import Path

from ground_station.hub.vehicles_port import UploadOutcome
from ground_station.vehicles.plan_on_board.journal import write_whole
from missions.errors import BadInput
from missions.files.qgc_plan import plan_from_qgc
from missions.files.qgc_plan_write import qgc_from_plan
from missions.plan import Plan


class ProvenPlans:
    """A folder with one file a vehicle; without a folder nothing is remembered.

    `unwritten` counts proofs that the disk did not take: they hold until the station ends.
    """

    def __init__(self, folder: Path | None) -> None:
        self.unwritten = 0
        self._folder = folder

    def remember(self, system_id: int, plan: Plan, proof: UploadOutcome) -> None:
        """Keep a proof; the file is whole or the one before."""
        if self._folder is None:
            return
        record = {"plan": qgc_from_plan(plan), "proof": proof.model_dump(mode="json")}
        try:
            write_whole(self._file(self._folder, system_id), json.dumps(record))
        except OSError:
            self.unwritten += 1

    def recall(self, system_id: int) -> tuple[Plan, UploadOutcome] | None:
        """What was proven last on a vehicle; None where nothing readable is kept."""
        if self._folder is None:
            return None
        file = self._file(self._folder, system_id)
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
            proof = UploadOutcome.model_validate(record["proof"])
            return plan_from_qgc(record["plan"], str(file)), proof
        except (OSError, ValueError, KeyError, BadInput):
            # Nothing is lost but the knowledge: the vehicle's plan is then read back and shown.
            return None

    @staticmethod
    def _file(folder: Path, system_id: int) -> Path:
        return folder / f"{system_id}.json"
