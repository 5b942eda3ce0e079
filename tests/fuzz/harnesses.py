"""What is fuzzed, one function a target: bytes in, an assertion where something is wrong.

The bytes say what happens: time passes, a message comes (its fields mostly as the bytes have them,
its addresses and numbers mostly such that they matter), garbage comes. After that there is silence,
and then an outcome; then a new transaction, which must work. `atheris_run.py` drives these by
coverage and the tests beside it with Hypothesis.
"""

from collections.abc import Callable

from fuzz_bytes import (
    decoder,
    repaired_frames,
    signed_decoder,
    stations_and_routes,
    tlog_reader,
)
from fuzz_transactions import (
    command,
    mission_endpoint,
    mission_reader,
    mission_sender,
    parameter_endpoint,
    parameters,
    signing_setup,
)
from fuzz_vehicles import (
    ftp,
    missed_events,
    vehicle_state,
    verified_upload,
)

Harness = Callable[[bytes], None]
HARNESSES: dict[str, Harness] = {
    each.__name__: each
    for each in (
        decoder,
        signed_decoder,
        repaired_frames,
        mission_sender,
        mission_reader,
        mission_endpoint,
        command,
        parameters,
        parameter_endpoint,
        vehicle_state,
        verified_upload,
        missed_events,
        ftp,
        signing_setup,
        tlog_reader,
        stations_and_routes,
    )
}
