"""The demo's folder: district, plans, and a configuration file for every process."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from missions.errors import BadInput, place_of
from sim.demo.patrol import Patrol

MARK = ".qyran-demo"
# A battery for half an hour; SIH's own is at half after 30 s and stays there.
BATTERY = "SIM_BAT_DRAIN = 1800.0, SIM_BAT_MIN_PCT = 5.0"
GCS_PORT, COMPANION_PORT, CAMERA_PORT = 14550, 14540, 14800


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the caller of `qyran demo` can choose."""

    folder: Path
    seed: int
    speed: float
    hub_port: int
    port_offset: int
    ground_amsl_m: float = 129.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where each thing of one run lies."""

    settings: Settings

    @property
    def district(self) -> Path:
        """District, cameras, areas and patrols."""
        return self.settings.folder / "district"

    @property
    def truth(self) -> Path:
        """The simulation's record."""
        return self.settings.folder / "run" / "truth"

    @property
    def logs(self) -> Path:
        """A log a process."""
        return self.settings.folder / "logs"

    @property
    def hub_url(self) -> str:
        """Where the hub serves."""
        return f"http://127.0.0.1:{self.settings.hub_port}"

    def plan(self, patrol: Patrol) -> Path:
        """The plan file of one drone."""
        return self.settings.folder / "plans" / f"{patrol.drone_id}.plan"

    def path(self, patrol: Patrol) -> Path:
        """The planned line of one drone, [[lon, lat, height], ...]."""
        return self.settings.folder / "plans" / f"{patrol.drone_id}.path.json"

    def prepare(self) -> None:
        """Make the folder empty; only a folder that a demo made before is emptied.

        Raises:
            BadInput: the folder holds something else, or the disk refuses.
        """
        folder = self.settings.folder
        if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
            raise BadInput(
                where=str(folder), what="is not empty and was not made by qyran demo; name another"
            )
        try:
            shutil.rmtree(folder, ignore_errors=True)
            for each in ("district", "plans", "onboard", "run", "logs", "outbox"):
                (folder / each).mkdir(parents=True)
            (folder / MARK).write_text("emptied at the next run\n", encoding="utf-8")
        except OSError as error:
            raise place_of(error, str(folder)) from error

    def write_hub(self, patrols: list[Patrol]) -> Path:
        """hub.toml."""
        drones = "\n".join(
            f'[drones.{each.system_id}]\ndrone_id = "{each.drone_id}"\n'
            f'name = "Qyran {each.system_id}"'
            for each in patrols
        )
        link = f"udpin:127.0.0.1:{GCS_PORT + self.settings.port_offset}"
        return self._write(
            "hub.toml",
            f"listen_port = {self.settings.hub_port}\n"
            'data_folder = "hub"\n'
            'district_folder = "district"\n'
            f'links = ["{link}"]\n\n{drones}\n',
        )

    def write_sim(self, patrols: list[Patrol]) -> Path:
        """sim.toml."""
        vehicles = "\n".join(
            "[[vehicles]]\n"
            f"instance = {each.system_id - 1}\n"
            f'drone_id = "{each.drone_id}"\n'
            f"home_latitude_deg = {each.home_latitude_deg:.7f}\n"
            f"home_longitude_deg = {each.home_longitude_deg:.7f}\n"
            'streams = "lean"\n'
            f"parameters = {{ {BATTERY} }}\n"
            for each in patrols
        )
        settings = self.settings
        return self._write(
            "sim.toml",
            f"speed = {settings.speed:g}\n"
            f"seed = {settings.seed}\n"
            f"port_offset = {settings.port_offset}\n"
            f"ground_height_amsl_m = {settings.ground_amsl_m:g}\n"
            'district_folder = "district"\n'
            'scenario_file = "district/scenario.toml"\n'
            f'run_folder = "run"\n\n[camera]\nclock_waits = true\n\n{vehicles}',
        )

    def write_onboard(self, patrol: Patrol) -> Path:
        """One aircraft's file."""
        instance, offset = patrol.system_id - 1, self.settings.port_offset
        return self._write(
            f"onboard/{patrol.drone_id}.toml",
            f'drone_id = "{patrol.drone_id}"\n'
            f'source = "paced+http://127.0.0.1:{CAMERA_PORT + offset + instance}/next"\n'
            f'link = "udpin:127.0.0.1:{COMPANION_PORT + offset + instance}"\n'
            'model = "simulated-world"\n'
            f'hub = "{self.hub_url}"\n'
            f'district = "../district/district.geojson"\n'
            f'outbox = "../outbox/{patrol.drone_id}"\n'
            f"ground_height_amsl_m = {self.settings.ground_amsl_m:g}\n",
        )

    def _write(self, name: str, text: str) -> Path:
        file = self.settings.folder / name
        try:
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise place_of(error, str(file)) from error
        return file
