"""The demo's processes: started by command line, watched, logged, restarted, ended together."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from missions.errors import BadInput, Failed

READY_TIMEOUT_S = 120.0
END_TIMEOUT_S = 8.0
POLL_S = 0.05
BAD_INPUT = 2


def said_without_name(line: str) -> str:
    """A refusal without the `qyran SUBCOMMAND: ` that stands before it."""
    return re.sub(r"^qyran \w+: ", "", line)


def qyran_command(*arguments: str) -> list[str]:
    """The command line that runs a subcommand with this very interpreter."""
    return [sys.executable, "-m", "qyran", *arguments]


@dataclass(slots=True)
class Child:
    """One process with a log file of its own; `restarts` counts how often it had to be revived."""

    name: str
    arguments: Sequence[str]
    log_file: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    keep_alive: bool = False
    restarts: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; what it prints is appended to its log, and its number stands beside it."""
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                qyran_command(*self.arguments),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )
        pid_file = self.log_file.with_suffix(".pid")
        pid_file.write_text(f"{self.process.pid}\n", encoding="ascii")

    @property
    def exit_status(self) -> int | None:
        """None while it runs."""
        return None if self.process is None else self.process.poll()

    def ask_to_end(self) -> None:
        """SIGTERM, if it still runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def see_it_end(self, deadline_s: float) -> None:
        """Wait for the end until a time on the monotonic clock, then kill."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=max(0.1, deadline_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def refusal(self) -> str:
        """What it printed last, without its own name before it."""
        return said_without_name(self.last_line())

    def last_line(self) -> str:
        """The last line of its log, for an error message."""
        text = (
            self.log_file.read_text(encoding="utf-8", errors="replace")
            if (self.log_file.exists())
            else ""
        )
        lines = [line for line in text.splitlines() if line.strip()]
        return lines[-1] if lines else "it printed nothing"


class Supervisor:
    """Starts children and ends all of them, whatever happened between."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self.children: dict[str, Child] = {}

    def start(
        self,
        name: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        keep_alive: bool = False,
    ) -> Child:
        """Start `qyran ARGUMENTS` under a name."""
        child = Child(
            name=name,
            arguments=arguments,
            log_file=self._logs / f"{name}.log",
            environment=environment or {},
            keep_alive=keep_alive,
        )
        child.start()
        self.children[name] = child
        return child

    def watch(self) -> None:
        """Revive what is kept alive.

        Raises:
            BadInput: a child refused what it was given (a port in use, a full disk).
            Failed: another child has ended; it and its last line are named.
        """
        for child in self.children.values():
            if child.exit_status is None:
                continue
            if child.exit_status == BAD_INPUT:
                raise BadInput(where=child.name, what=child.refusal())
            if not child.keep_alive:
                raise Failed(
                    f"{child.name} ended (status {child.exit_status}): {child.last_line()}"
                )
            child.restarts += 1
            child.start()

    def wait(self, holds: Callable[[], bool], *, what: str, timeout_s: float) -> None:
        """Watch the children until something holds.

        Raises:
            Failed: it did not hold in time, or a child ended.
        """
        deadline_s = time.monotonic() + timeout_s
        while not holds():
            self.watch()
            if time.monotonic() > deadline_s:
                raise Failed(f"{what} within {timeout_s:.0f} s")
            time.sleep(POLL_S)

    def end(self, *names: str) -> None:
        """End some children, or all of them: asked together, waited for together."""
        chosen = [self.children[name] for name in names] if names else list(self.children.values())
        for child in chosen:
            child.ask_to_end()
        deadline_s = time.monotonic() + END_TIMEOUT_S
        for child in chosen:
            child.see_it_end(deadline_s)
            self.children.pop(child.name, None)
