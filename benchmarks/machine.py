"""The machine that a figure was measured on, and how busy it was with other work."""

import os
import platform
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """`load` is the system's load average over the last minute, our own work included."""

    cpu: str
    cores: int
    python: str
    system: str
    date: str
    load: float

    @classmethod
    def now(cls) -> "Machine":
        """This machine at this moment."""
        return cls(
            cpu=_cpu_model(),
            cores=os.cpu_count() or 1,
            python=platform.python_version(),
            system=f"{platform.system()} {platform.machine()}",
            date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            load=round(os.getloadavg()[0], 1),
        )

    def as_json(self) -> dict[str, Any]:
        """Every field by name."""
        return asdict(self)

    def line(self, *, load_at_end: float) -> str:
        """One line for a person."""
        return (
            f"{self.cpu}, {self.cores} cores, {self.system}, Python {self.python}, {self.date}, "
            f"load {self.load:.1f} at the beginning and {load_at_end:.1f} at the end"
        )


def _cpu_model() -> str:
    """The processor's name, family and model, since a virtual machine's name says little."""
    table = Path("/proc/cpuinfo")
    if not table.exists():
        return platform.processor() or sys.platform
    facts: dict[str, str] = {}
    for line in table.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        facts.setdefault(key.strip(), value.strip())
    name = facts.get("model name") or platform.machine()
    numbers = "/".join(facts[key] for key in ("cpu family", "model") if key in facts)
    speed = f"{float(facts['cpu MHz']):.0f} MHz" if "cpu MHz" in facts else ""
    return " ".join(filter(None, (name, numbers and f"({numbers})", speed)))
