"""Starts an aircraft's process again when it ends as it should not: `qyran onboard --keep`.

The keeper loads what the work needs once and forks it for each life, so that the next one begins
in a fraction of a second on a slow computer too; it owns no thread, no socket and no file. A
refusal of what was given, a failure that is told by name and an end that was asked for are ends;
everything else is started again, at once, and later and later where it does not hold.
"""

import importlib
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import NoReturn

from missions.errors import Refusal

RESTARTS_VARIABLE, WHY_VARIABLE = "QYRAN_RESTARTS", "QYRAN_RESTARTED_AFTER"
NEEDED = ("onboard.aircraft", "onboard.building", "onboard.summary", "scipy.optimize")
ENDS = frozenset({0, 1, 2})
CRASHED_STATUS = 71
SAID = {70: "the watchdog ended it", CRASHED_STATUS: "an error that nobody foresaw"}
HELD_S = 30.0
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
POLL_S = 0.05


def keep(work: Callable[[], int], stop: threading.Event) -> int:
    """Do some work in a process of its own until it ends as it should; returns its exit status."""
    for name in NEEDED:
        importlib.import_module(name)
    restarted, quick = 0, 0
    why = ""
    while True:
        began_s = time.monotonic()
        status = _lived(work, stop, {RESTARTS_VARIABLE: str(restarted), WHY_VARIABLE: why})
        if stop.is_set() or status in ENDS:
            return status
        restarted += 1
        quick = 0 if time.monotonic() - began_s > HELD_S else quick + 1
        why = _words(status)
        print(f"qyran onboard: {why}; started again ({restarted})", file=sys.stderr, flush=True)
        if quick > 3:
            stop.wait(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (quick - 4)))


def restarts() -> tuple[int, str]:
    """In a kept process: how often it was started again, and why the last time."""
    told = os.environ.get(RESTARTS_VARIABLE, "")
    return (int(told) if told.isdigit() else 0), os.environ.get(WHY_VARIABLE, "")


def _lived(work: Callable[[], int], stop: threading.Event, told: dict[str, str]) -> int:
    """The exit status of one life, negative for a signal that ended it."""
    process_id = os.fork()
    if not process_id:
        _live(work, told)
    asked = False
    while True:
        ended, status = os.waitpid(process_id, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if stop.is_set() and not asked:
            os.kill(process_id, signal.SIGTERM)
            asked = True
        time.sleep(POLL_S)


def _live(work: Callable[[], int], told: dict[str, str]) -> NoReturn:
    """In the new process: whatever nobody foresaw ends here, with a status that says so."""
    os.environ.update(told)
    status = CRASHED_STATUS
    try:
        status = work()
    except Refusal as refusal:
        print(f"qyran onboard: {refusal}", file=sys.stderr)
        status = refusal.exit_status
    finally:
        if status == CRASHED_STATUS:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _words(status: int) -> str:
    if status < 0:
        return f"the process was ended by {signal.Signals(-status).name}"
    return f"the process ended with status {status}: {SAID.get(status, 'it broke off')}"
