"""The built page in a real browser, against the fake hub that stands beside this file."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
BUILT = HERE.parents[2] / "ground_station" / "web" / "dist" / "index.html"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")

sys.path.insert(0, str(HERE))

from headless_chromium import Tab, tab  # noqa: E402

FIRST_ROW = "document.querySelector('.alert-row')"
DRAWN = """(() => {
  const canvas = document.querySelector('.map canvas');
  if (!canvas) return false;
  const { width, height } = canvas;
  const points = canvas.getContext('2d').getImageData(0, 0, width, height).data;
  return points.filter((value, at) => at % 4 === 3 && value > 0).length > 5000;
})()"""

CLICK_ON_MAP = """(() => {
  const canvas = document.querySelector('.map .ol-viewport');
  const box = canvas.getBoundingClientRect();
  const at = { clientX: box.left + 150, clientY: box.top + 90, bubbles: true, pointerId: 1 };
  for (const kind of ['pointerdown', 'pointerup']) {
    const target = kind === 'pointerdown' ? canvas : document;
    target.dispatchEvent(new PointerEvent(kind, { ...at, isPrimary: true, pointerType: 'mouse' }));
  }
})()"""


@pytest.fixture(scope="module")
def hub() -> Iterator[str]:
    """The address of a running fake hub."""
    if not BUILT.is_file():
        pytest.skip("the page is not built: make page")
    with subprocess.Popen(
        [sys.executable, str(HERE / "fake_hub.py"), "--port", "0", "--alert-every-s", "3600"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


@pytest.fixture
def page(hub: str, tmp_path: Path) -> Iterator[Tab]:
    """The page, opened by a named operator, with its alerts shown."""
    program = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    with tab(program, tmp_path) as opened:
        opened.open(hub)
        opened.until("document.activeElement.matches('dialog input')")
        opened.type("Aigul S.")
        opened.run("document.querySelector('dialog form').requestSubmit()")
        opened.until(f"!document.querySelector('dialog') && {FIRST_ROW}")
        yield opened
        assert opened.failures == []


def test_the_page_shows_the_district_acknowledges_and_opens_an_incident(page: Tab) -> None:
    assert page.run("document.querySelectorAll('.vehicle').length") == 5
    assert "SIMULATED" in page.until("document.querySelector('.badge-simulated')?.textContent")
    assert page.until(DRAWN)

    page.run(f"{FIRST_ROW}.click()")
    page.until("document.querySelectorAll('.detail .cameras li').length === 4")
    page.until("document.querySelector('.detail img')?.naturalWidth === 960")
    page.run("document.querySelector('.deeds button.main').click()")
    page.until("document.querySelector('.history')?.textContent.includes('Aigul S. acknowledged')")

    page.until("document.querySelector('.deeds button.main:not(:disabled)') !== null")
    page.run("document.querySelector('.deeds button.main').click()")
    page.until("document.activeElement.matches('dialog textarea')")
    page.type("Patrol 12 is on its way")
    page.run("document.querySelector('dialog form').requestSubmit()")
    page.until("document.querySelector('.detail .below')?.textContent.includes('in an incident')")
    page.run("document.querySelectorAll('[role=tab]')[1].click()")
    assert "Patrol 12" in page.until("document.querySelector('.incident .note')?.textContent")


def test_landing_asks_twice_and_tells_the_hubs_outcome(page: Tab) -> None:
    page.run("document.querySelector('.vehicle-face').click()")
    land = "document.querySelectorAll('.commands button')[4]"
    page.run(f"{land}.click()")
    assert page.until(f"{land}.matches('.armed') && {land}.textContent") == "Land right here?"
    assert page.run("document.querySelector('.notices').textContent") == ""
    page.run(f"{land}.click()")
    assert "done" in page.until("document.querySelector('.notices .good')?.textContent")


def test_click_on_the_map_sends_the_chosen_drone_there_and_takes_its_lease(page: Tab) -> None:
    page.run("document.querySelector('.vehicle-face').click()")
    page.until("document.querySelector('.flight-bar .lease')")
    page.run("document.querySelectorAll('.flight-buttons button')[0].click()")
    page.until("document.querySelector('.map.placing')")
    page.run(CLICK_ON_MAP)
    assert "done" in page.until("document.querySelector('.notices .good')?.textContent")
    page.until("document.querySelector('.lease.mine')")


def test_drone_of_another_operator_can_only_be_stopped_or_asked_for(page: Tab) -> None:
    page.run("document.querySelectorAll('.vehicle-face')[1].click()")
    assert "Marat T." in page.until("document.querySelector('.lease.other')?.textContent")
    assert page.run("document.querySelectorAll('.flight-buttons button:disabled').length") == 7
    page.run("document.querySelector('.lease button').click()")
    page.until("document.querySelector('.lease button:disabled')")


def test_readiness_shows_the_worst_first_and_what_it_will_do(page: Tab) -> None:
    page.run("document.querySelector('.vehicle-face').click()")
    page.until("document.querySelector('.flight-head > .small')")
    page.run("document.querySelector('.flight-head > .small').click()")
    lines = page.until("document.querySelector('.readiness .lines')?.textContent")
    assert lines.index("battery 9 %") < lines.index("NAV_DLL_ACT is 0")
    assert page.run("document.querySelectorAll('.readiness .will li').length") == 3


def test_every_language_is_one_click_away(page: Tab) -> None:
    for code, word in (("kk", "Дабылдар"), ("ru", "Тревоги"), ("en", "Alerts")):
        page.run(f"document.querySelector('button[lang={code}]').click()")
        page.until(f"document.querySelector('[role=tab]').textContent.startsWith('{word}')")
        assert page.run("document.documentElement.lang") == code
