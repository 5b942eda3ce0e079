"""The built page in a real browser, against the fake hub that stands beside this file."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

HERE = Path(__file__).resolve().parent
BUILT = HERE.parents[2] / "ground_station" / "web" / "dist" / "index.html"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")

sys.path.insert(0, str(HERE))

from headless_chromium import Tab, tab  # noqa: E402

FIRST_ROW = "document.querySelector('.alert-row')"
LAND = ".commands button:nth-of-type(5)"
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


def _button(words: str, then: str) -> str:
    """Does something with the flight bar's button of these words."""
    every = "[...document.querySelectorAll('.flight-bar button')]"
    return f"{every}.find((button) => button.textContent.includes('{words}'))?.{then}"


def _press(page: Tab, *words: str) -> None:
    """Presses buttons of the flight bar, each as soon as it can be pressed.

    No button can be pressed while the page has not heard of the drone for seconds, so a press is
    one look with the click: between two calls of the browser it may be locked again.
    """
    for each in words:
        free = _button(each, "matches(':not(:disabled)')")
        page.until(f"{free} && ({_button(each, 'click()')}, true)")


def _click(page: Tab, selector: str) -> None:
    """Clicks the first element of a CSS selector, as soon as it is there and not locked."""
    found = f"document.querySelector({json.dumps(selector)})"
    page.until(f"{found}?.matches(':not(:disabled)') && ({found}.click(), true)")


def _asked(hub: str, command: str) -> list[dict[str, Any]]:
    asked: list[dict[str, Any]] = httpx.get(f"{hub}/api/v1/asked").json()
    return [wish for wish in asked if wish["command"] == command]


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
    _click(page, ".deeds button.main")
    page.until("document.querySelector('.history')?.textContent.includes('Aigul S. acknowledged')")

    _click(page, ".deeds button.main")
    page.until("document.activeElement.matches('dialog textarea')")
    page.type("Patrol 12 is on its way")
    page.run("document.querySelector('dialog form').requestSubmit()")
    page.until("document.querySelector('.detail .below')?.textContent.includes('in an incident')")
    page.run("document.querySelectorAll('[role=tab]')[1].click()")
    assert "Patrol 12" in page.until("document.querySelector('.incident .note')?.textContent")


def test_landing_asks_twice_and_tells_the_hubs_outcome(page: Tab) -> None:
    _click(page, ".vehicle-face")
    _click(page, LAND)
    armed = page.until(f"document.querySelector('{LAND}.armed')?.textContent")
    assert armed == "Land right here?"
    assert page.run("document.querySelector('.notices').textContent") == ""
    _click(page, f"{LAND}.armed")
    assert "done" in page.until("document.querySelector('.notices .good')?.textContent")


def test_click_on_the_map_sends_the_chosen_drone_there_and_takes_its_lease(page: Tab) -> None:
    _click(page, ".vehicle-face")
    page.until("document.querySelector('.flight-bar .lease')")
    _press(page, "Go here")
    page.until("document.querySelector('.map.placing')")
    page.run(CLICK_ON_MAP)
    assert "done" in page.until("document.querySelector('.notices .good')?.textContent")
    page.until("document.querySelector('.lease.mine')")


def test_drone_of_another_operator_can_only_be_stopped_or_asked_for(page: Tab) -> None:
    page.run("document.querySelectorAll('.vehicle-face')[1].click()")
    assert "Marat T." in page.until("document.querySelector('.lease.other')?.textContent")
    can_stop = "document.querySelector('.flight-groups .stop')?.matches(':not(:disabled)')"
    nothing_else = "!document.querySelector('.flight-buttons button:not(:disabled)')"
    page.until(f"{can_stop} && {nothing_else}")
    assert "Marat T." in page.run("document.querySelectorAll('.vehicle .held')[0].textContent")
    _click(page, ".lease button")
    page.until("document.querySelector('.lease button:disabled')")


def test_readiness_shows_the_worst_first_and_what_it_will_do(page: Tab) -> None:
    _click(page, ".vehicle-face")
    page.until("document.querySelector('.look-over')")
    _click(page, ".look-over")
    lines = page.until("document.querySelector('.readiness .lines')?.textContent")
    assert lines.index("battery 9 %") < lines.index("NAV_DLL_ACT is 0")
    assert page.run("document.querySelectorAll('.readiness .will li').length") == 3


def test_taking_off_asks_twice_and_starting_names_the_item(page: Tab, hub: str) -> None:
    page.run("document.querySelectorAll('.vehicle-face')[3].click()")
    _press(page, "Take-off", "30 m")
    assert _asked(hub, "take_off") == []
    _press(page, "Take off now?")
    assert "battery is low" in page.until("document.querySelector('.notices .bad')?.textContent")
    assert _asked(hub, "take_off")[0]["height_above_home_m"] == 30
    _press(page, "To an item", "+5", "+1", "Begin at 7", "Take off and begin at 7?")
    page.until("document.querySelectorAll('.notices .bad').length > 1")
    assert _asked(hub, "start")[-1]["at_item"] == 6


def test_camera_shows_what_it_does_and_is_told_in_one_press(page: Tab, hub: str) -> None:
    _click(page, ".vehicle-face")
    _press(page, "Camera", "Photo", "Record")
    page.until(_button("Stop recording", "matches('[aria-pressed=true]')"))
    page.until("document.querySelector('.flight-state')?.textContent.includes('13 pictures')")
    _press(page, "Zoom", "75 %")
    page.until(_button("75 %", "matches('[aria-pressed=true]')"))
    _press(page, "Tilt", "Straight down")
    page.until("document.querySelector('.flight-state')?.textContent.includes('tilt -90°')")
    assert _asked(hub, "gimbal_aim")[-1]["pitch_rad"] == pytest.approx(-1.5708, abs=1e-3)


def test_light_shows_its_state_and_what_is_said_is_confirmed(page: Tab, hub: str) -> None:
    _click(page, ".vehicle-face")
    _press(page, "Light and voice", "Light on")
    page.until(_button("Light off", "matches('[aria-pressed=true]')"))
    assert page.run("document.querySelector('.dot.lit') !== null")
    _press(page, "Brightness", "50 %")
    page.until("document.querySelector('.flight-state')?.textContent.includes('on, 50 %')")
    _press(page, "Speak", "Please disperse", "Say it?")
    page.until("document.querySelector('.flight-state')?.textContent.includes('speaks:')")
    _press(page, "Be silent")
    page.until("document.querySelector('.flight-state')?.textContent.includes('is silent')")
    assert len(_asked(hub, "say")) == 1


def test_click_beside_an_object_follows_it_and_elsewhere_none(page: Tab, hub: str) -> None:
    _click(page, ".vehicle-face")
    _press(page, "Follow")
    page.run(CLICK_ON_MAP)
    assert "No camera" in page.until("document.querySelector('.notices .bad')?.textContent")
    assert page.run("document.querySelector('.map.placing') !== null")
    assert _asked(hub, "follow") == []


def test_upload_is_shown_on_its_way_and_can_be_ended(page: Tab, hub: str) -> None:
    _click(page, ".vehicle-face")
    upload = {"system_id": 1, "phase": "mission", "part": "mission", "item": 12, "items": 40}
    httpx.post(f"{hub}/api/v1/tell/upload", json={**upload, "outcome": "", "reason": ""})
    assert "12/40" in page.until("document.querySelector('.upload')?.textContent")
    _click(page, ".upload button")
    ended = {**upload, "phase": "ended", "outcome": "refused", "reason": "item 3 is too far"}
    httpx.post(f"{hub}/api/v1/tell/upload", json=ended)
    assert "item 3" in page.until("document.querySelector('.notices .bad')?.textContent")
    assert page.run("document.querySelector('.upload')") is None
    assert len(_asked(hub, "cancel_upload")) == 1


def test_plan_that_somebody_else_changed_is_told_and_stays_told(page: Tab, hub: str) -> None:
    page.run("document.querySelectorAll('.vehicle-face')[4].click()")
    change = {"system_id": 5, "parts": ["mission", "fence"], "who": "254/190", "after_s": 0.8}
    notice = "the mission, fence on board was changed by 254/190"
    httpx.post(f"{hub}/api/v1/tell/plan_changed", json={**change, "notice": notice})
    said = page.until("document.querySelector('.flight-warning')?.textContent")
    assert "Changed on board by 254/190: mission, fence" in said
    assert page.until("document.querySelector('.held.warning') !== null")


def _tells(hub: str, kind: str, **said: Any) -> None:
    """A message of the second drone's own computer."""
    now = datetime.now(UTC).isoformat()
    data = {"drone_id": "qyran-2", "sent_at": now, "decided_at": now, **said}
    httpx.post(f"{hub}/api/v1/tell/{kind}", json=data).raise_for_status()


def test_aircraft_that_sees_nothing_says_so_in_its_card_and_in_the_heading(
    page: Tab, hub: str
) -> None:
    card = "document.querySelectorAll('.vehicle')[1]"
    _tells(hub, "status", state="blind", problems=["camera_frozen", "new_one"], text="frozen")
    told = page.until(f"{card}.querySelector('.trouble.blind')?.textContent")
    assert "Sees nothing: camera picture is frozen, new_one" in told
    assert "1" in page.run("document.querySelector('.trouble-count.blind').textContent")
    _tells(hub, "status", state="ok", problems=[], text="")
    page.until("document.querySelector('.trouble') === null")
    assert page.run("document.querySelector('.trouble-count')") is None
    page.until(f"{card}.querySelector('.trouble.silent')?.textContent.includes('is silent: 7 s')")


def test_calibration_is_told_in_words(page: Tab, hub: str) -> None:
    page.run("document.querySelectorAll('.vehicle-face')[1].click()")
    _tells(hub, "status", state="ok", problems=[], text="")
    condition = "document.querySelector('.condition')?.textContent"
    assert "not calibrated in flight yet" in page.until(condition)
    sigmas = {"heading_sigma_rad": 0.00698, "pitch_sigma_rad": 0.005, "position_sigma_m": 1.26}
    known = {**sigmas, "anchors": 7, "landmarks": 3}
    _tells(hub, "status", state="ok", problems=[], text="", calibrated=known)
    page.until(f"{condition}.includes('heading ±0.4°, place ±1.3 m')")
    assert "still objects: 7, landmarks: 3" in page.run(condition)


def test_what_an_aircraft_decides_is_told_with_its_reason_in_the_operators_language(
    page: Tab, hub: str
) -> None:
    words = {"kk": "Тоқтап қарайды", "ru": "Останавливается", "en": "a person is down; it stops"}
    _tells(hub, "decision", id="a:b:1", severity="notice", state="stopping", words=words)
    news = "document.querySelectorAll('.vehicle')[1].querySelector('.decision')"
    assert page.until(f"{news}?.textContent") == "a person is down; it stops"
    page.run("document.querySelector('button[lang=ru]').click()")
    page.until(f"{news}?.textContent === 'Останавливается'")
    helpless = {"kk": "к", "ru": "Автопилот не слушается", "en": "e"}
    _tells(hub, "decision", id="a:b:2", severity="alarm", state="yielded", words=helpless)
    page.until(f"{news}?.matches('.alarm')")
    page.run("document.querySelectorAll('.vehicle-face')[1].click()")
    page.until("document.querySelectorAll('.decisions li').length === 2")
    listed = page.run("document.querySelector('.decisions').textContent")
    assert listed.index("Автопилот") < listed.index("Останавливается")
    page.run("document.querySelector('button[lang=en]').click()")


def test_links_tell_what_is_lost_and_what_was_refused(page: Tab) -> None:
    heading = page.until("document.querySelector('.link-panel summary')?.textContent")
    assert "1/2" in heading
    _click(page, ".link-panel summary")
    told = page.run("document.querySelector('.link-panel').textContent")
    for words in ("no such device", "damaged 3", "23 %", "255/190", "the disk is full"):
        assert words in told, (words, told)
    assert page.run("document.querySelectorAll('.link-panel p.poor').length") == 4


def test_drone_on_the_ground_gets_a_signing_key_and_one_in_flight_none(page: Tab, hub: str) -> None:
    page.until("document.querySelector('.link-panel summary') !== null")
    _click(page, ".link-panel summary")
    row = "document.querySelectorAll('.vehicle-link')[{}].querySelector('.signing-key')"
    flying, landed = row.format(1), row.format(2)
    assert "signs with its own key" in page.run(f"{flying}.textContent")
    page.until(f"{flying}.querySelectorAll('button:disabled').length === 2")
    assert "no signing key" in page.run(f"{landed}.textContent")
    for words in ("Give a key", "Give a key?"):
        page.until(f"{landed}.querySelector('button:not(:disabled)')?.textContent === '{words}'")
        page.run(f"{landed}.querySelector('button').click()")
    page.until(f"{landed}.textContent.includes('signs with its own key')")
    for words in ("Take it away", "Anybody may command it then. Sure?"):
        page.until(f"{landed}.querySelectorAll('button')[1]?.textContent === '{words}'")
        page.until(f"{landed}.querySelectorAll('button')[1]?.matches(':not(:disabled)') === true")
        page.run(f"{landed}.querySelectorAll('button')[1].click()")
    page.until(f"{landed}.textContent.includes('no signing key')")
    given, taken = _asked(hub, "key own"), _asked(hub, "key none")
    assert [each["operator"] for each in (*given, *taken)] == ["Aigul S."] * 2
    assert [each["number"] for each in (*given, *taken)] == [4, 4]


def test_every_language_is_one_click_away(page: Tab) -> None:
    for code, word in (("kk", "Дабылдар"), ("ru", "Тревоги"), ("en", "Alerts")):
        page.run(f"document.querySelector('button[lang={code}]').click()")
        page.until(f"document.querySelector('[role=tab]').textContent.startsWith('{word}')")
        assert page.run("document.documentElement.lang") == code
