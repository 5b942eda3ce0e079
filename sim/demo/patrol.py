"""The five patrols of a district as `patrols.toml` describes them, planned by `qyran plan`."""

import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from missions.errors import BadInput, Failed
from sim.demo.processes import BAD_INPUT, qyran_command, said_without_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Patrol:
    """What one drone is to watch, and from which dock."""

    drone_id: str
    system_id: int
    name: str
    pattern: str
    area_file: Path
    home_latitude_deg: float
    home_longitude_deg: float
    height_above_ground_m: float
    speed_m_s: float
    gimbal_pitch_deg: float

    def plan_arguments(self, *, ground_amsl_m: float, plan: Path, path: Path) -> list[str]:
        """The command line that plans it."""
        home = f"{self.home_latitude_deg:.7f},{self.home_longitude_deg:.7f},{ground_amsl_m:.1f}"
        return [
            "plan",
            str(self.area_file),
            f"--pattern={self.pattern}",
            "--camera=qyran-sim",
            f"--height-m={self.height_above_ground_m:g}",
            f"--speed-m-s={self.speed_m_s:g}",
            f"--gimbal-pitch-deg={self.gimbal_pitch_deg:g}",
            f"--home={home}",
            f"--out={plan}",
            f"--path-json={path}",
        ]


def read_patrols(district: Path) -> list[Patrol]:
    """The patrols of a district folder, by drone."""
    table = tomllib.loads((district / "patrols.toml").read_text(encoding="utf-8"))
    return [_patrol(row, district) for row in table["patrol"]]


def run_together(commands: dict[str, list[str]]) -> None:
    """Run `qyran` commands side by side.

    Raises:
        BadInput: one of them refused its input (a full disk, say); what it said is given.
        Failed: one of them did not end with 0; its last line is given.
    """
    running = {
        name: subprocess.Popen(
            qyran_command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name, arguments in commands.items()
    }
    ended = {
        name: (process.communicate()[0], process.returncode) for name, process in running.items()
    }
    for name, (printed, status) in ended.items():
        if status != 0:
            last = (printed.strip().splitlines() or ["it printed nothing"])[-1]
            if status == BAD_INPUT:
                raise BadInput(where=name, what=said_without_name(last))
            raise Failed(f"{name} (status {status}): {last}")


def _patrol(row: dict[str, Any], district: Path) -> Patrol:
    return Patrol(
        drone_id=row["drone_id"],
        system_id=int(row["drone_id"].rpartition("-")[2]),
        name=row["name"],
        pattern=row["pattern"],
        area_file=district / row["area"],
        home_latitude_deg=row["home_latitude_deg"],
        home_longitude_deg=row["home_longitude_deg"],
        height_above_ground_m=row["height_above_ground_m"],
        speed_m_s=row["speed_m_s"],
        gimbal_pitch_deg=row["gimbal_pitch_deg"],
    )
