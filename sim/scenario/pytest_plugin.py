"""The pytest fixture `fleet`: simulated drones for a test of autonomy, in simulated time.

Installed with Qyran, found by pytest by itself:

    import pytest

    def test_it_comes_home_when_told(fleet):
        drone = fleet["qyran-1"]
        drone.take_off(20)
        fleet.run_until(lambda: drone.height_m > 19, at_most_s=60)
        drone.fly_mode("rtl")
        fleet.run_until(lambda: not drone.armed, at_most_s=120)
        assert drone.from_home_m < 1

    @pytest.mark.scenario("gps_jammed_over_the_bazaar")      # or a file beside the test
    def test_my_autonomy(fleet):
        fleet.attach(MyAutonomy(), "qyran-1")
        assert fleet.play().passed

A test without the mark has one drone on its pad, ready to fly. With `--fleet-logs DIR` every test
leaves its frames as `DIR/<test>/<drone>.tlog`.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sim.scenario.play import ScenarioFleet

MARK = "scenario(name_or_path, seed=None): the scenario that the `fleet` fixture is made from"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The plugin's own option."""
    parser.getgroup("qyran").addoption(
        "--fleet-logs", type=Path, metavar="DIR", help="keep every frame of each test's fleet"
    )


def pytest_configure(config: pytest.Config) -> None:
    """The plugin's own mark."""
    config.addinivalue_line("markers", MARK)


@pytest.fixture
def fleet(request: pytest.FixtureRequest) -> Iterator["ScenarioFleet"]:
    """Simulated drones, booted and ready to fly; see the module's docstring."""
    from sim.scenario.log import RunLog
    from sim.scenario.play import ScenarioFleet, one_drone
    from sim.scenario.read import find_scenario, read_scenario_file

    mark = request.node.get_closest_marker("scenario")
    if mark is None:
        scenario, folder = one_drone(), Path()
    else:
        beside = request.path.parent / str(mark.args[0])
        path = beside if beside.is_file() else find_scenario(str(mark.args[0]))
        scenario, folder = read_scenario_file(path), path.parent
        if "seed" in mark.kwargs:
            scenario = scenario.model_copy(update={"seed": mark.kwargs["seed"]})
    with ExitStack() as stack:
        logs: Path | None = request.config.getoption("--fleet-logs")
        log = None if logs is None else stack.enter_context(RunLog(logs / request.node.name))
        made = ScenarioFleet(scenario, folder=folder, log=log)
        made.ready()
        yield made
