"""The report in a real browser: quiet, closed to the network, filterable, usable by everybody.

`AXE` names a file with axe-core, `CHROMIUM` and `CHROMEDRIVER` the programs.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from fastapi_bp_lint.engine import Look, look
from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.page import render
from fastapi_bp_lint.page.areas import Areas
from fastapi_bp_lint.plan import Request, prepare

ROOT = Path(__file__).parent.parent.parent
BOOKSHOP = ROOT / "fixtures" / "projects" / "bookshop"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
VISIBLE = "article.finding:not([hidden])"
T = TypeVar("T")


@pytest.fixture(scope="module")
def bookshop() -> Look:
    return look(prepare(Request(paths=(BOOKSHOP,))))


@pytest.fixture(scope="module")
def page(bookshop: Look, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(render(*bookshop), "utf-8")
    return file.as_uri()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    for flag in FLAGS:
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = Service(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium: webdriver.Chrome, page: str) -> Iterator[webdriver.Chrome]:
    """Open the report of the bookshop anew; at the end nothing may have been complained about."""
    chromium.get("about:blank")
    emulate(chromium)
    size(chromium, 1280, 900)
    logged(chromium, "browser")
    logged(chromium, "performance")
    chromium.get(page)
    yield chromium
    assert logged(chromium, "browser") == []


def logged(driver: webdriver.Chrome, kind: str) -> list[dict[str, Any]]:
    """Return what was logged since the last call."""
    entries: list[dict[str, Any]] = driver.get_log(kind)  # type: ignore[no-untyped-call]
    return entries


def emulate(driver: webdriver.Chrome, media: str = "", **features: str) -> None:
    named = [{"name": n.replace("_", "-"), "value": value} for n, value in features.items()]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": named})


def size(driver: webdriver.Chrome, width: int, height: int) -> None:
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def shown(driver: webdriver.Chrome) -> set[str]:
    """Return where the findings stand that are to be seen."""
    elements = driver.find_elements(By.CSS_SELECTOR, f"{VISIBLE} .meta a")
    return {str(one.get_attribute("textContent")) for one in elements}


def places(look: Look, wanted: Callable[[Finding], bool]) -> set[str]:
    found = [f for f in look.report.findings if wanted(f)]
    assert 0 < len(found) < len(look.report.findings)
    return {spot(f) for f in found}


def spot(finding: Finding) -> str:
    path, span = finding.place
    return f"{path}:{span.line}:{span.column + 1}"


def choose(driver: webdriver.Chrome, name: str, value: str) -> None:
    Select(driver.find_element(By.NAME, name)).select_by_value(value)


def eventually(ask: Callable[[], T], wanted: T) -> None:
    """Wait until *ask* answers *wanted*: what a click sets off comes later."""
    for _ in range(100):
        if ask() == wanted:
            return
        time.sleep(0.05)
    assert ask() == wanted


def test_asks_the_network_for_nothing(browser: webdriver.Chrome, page: str) -> None:
    messages = [json.loads(entry["message"])["message"] for entry in logged(browser, "performance")]
    asked = {
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    }
    assert asked == {page}


def test_shows_everything_at_first(browser: webdriver.Chrome, bookshop: Look) -> None:
    report, project = bookshop
    status = browser.find_element(By.ID, "shown").text
    assert status.startswith(f"{len(report.findings)} findings, ")
    assert status.endswith(f" {len(project.routes)} routes shown")
    assert len(browser.find_elements(By.CSS_SELECTOR, VISIBLE)) == len(report.findings)


def test_filters_by_rule_family_and_severity(browser: webdriver.Chrome, bookshop: Look) -> None:
    choose(browser, "rule", "FBP301")
    assert shown(browser) == places(bookshop, lambda f: f.code == "FBP301")
    choose(browser, "rule", "FBP4")
    assert shown(browser) == places(bookshop, lambda f: f.code.startswith("FBP4"))
    choose(browser, "rule", "")
    choose(browser, "severity", "warning")
    assert shown(browser) == places(bookshop, lambda f: f.severity.value == "warning")


def test_filters_by_domain_words_and_fix(browser: webdriver.Chrome, bookshop: Look) -> None:
    areas = Areas(bookshop.project)
    choose(browser, "area", "posts")
    assert shown(browser) == places(bookshop, lambda f: areas.of(f.place.path) == "posts")
    routes = browser.find_elements(By.CSS_SELECTOR, "tr[data-item]:not([hidden])")
    assert 0 < len(routes) < len(bookshop.project.routes)
    browser.find_element(By.CSS_SELECTOR, "#filter button").click()
    eventually(lambda: len(shown(browser)), len({*map(spot, bookshop.report.findings)}))
    browser.find_element(By.NAME, "text").send_keys("cover SRC/posts/")
    few = shown(browser)
    assert few
    assert all(place.startswith("src/posts/") for place in few)
    browser.find_element(By.NAME, "text").send_keys(" nowhere-at-all")
    assert shown(browser) == set()
    assert browser.find_element(By.ID, "shown").text == "0 findings, 0 stalls, 0 routes shown"
    assert browser.find_elements(By.CSS_SELECTOR, "[data-group]:not([hidden])") == []


def test_filters_what_can_be_fixed(browser: webdriver.Chrome, bookshop: Look) -> None:
    browser.find_element(By.NAME, "fix").click()
    assert shown(browser) == places(
        bookshop, lambda f: f.fix is not None and f.fix.applicability.value != "display"
    )


def test_a_number_of_the_overview_narrows_the_page(
    browser: webdriver.Chrome, bookshop: Look
) -> None:
    areas = Areas(bookshop.project)
    button = browser.find_element(
        By.CSS_SELECTOR, ".matrix button[data-area=posts][data-rule=FBP1]"
    )
    expected = places(
        bookshop, lambda f: areas.of(f.place.path) == "posts" and f.code.startswith("FBP1")
    )
    assert button.text == str(len(expected))
    button.click()
    eventually(lambda: shown(browser), expected)


def test_the_address_keeps_what_was_chosen(browser: webdriver.Chrome, bookshop: Look) -> None:
    choose(browser, "rule", "FBP102")
    address = browser.current_url
    assert address.endswith("#rule=FBP102")
    browser.get("about:blank")
    browser.get(address)
    assert shown(browser) == places(bookshop, lambda f: f.code == "FBP102")


def test_is_used_from_the_keyboard(browser: webdriver.Chrome) -> None:
    def active() -> str:
        return str(browser.switch_to.active_element.get_attribute("textContent"))

    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert active() == "To the findings"
    browser.find_element(By.TAG_NAME, "body").send_keys("/")
    assert browser.switch_to.active_element.get_attribute("name") == "text"
    node = browser.find_element(By.CSS_SELECTOR, ".node.thread")
    browser.execute_script("arguments[0].focus()", node)
    graph = browser.find_element(By.CSS_SELECTOR, ".graph")
    assert "busy" in str(graph.get_attribute("class"))
    assert browser.find_elements(By.CSS_SELECTOR, ".graph path.on")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.find_elements(By.CSS_SELECTOR, "tr:target th code")


def test_a_link_to_what_is_filtered_away_shows_it(browser: webdriver.Chrome) -> None:
    choose(browser, "rule", "FBP7")
    first = browser.find_element(By.CSS_SELECTOR, "article.finding[data-rule=FBP101]")
    assert first.get_attribute("hidden") is not None
    browser.execute_script("location.hash = arguments[0].id", first)
    eventually(lambda: first.get_attribute("hidden"), None)


def test_dark_and_light_differ(browser: webdriver.Chrome) -> None:
    def paper() -> str:
        script = "return getComputedStyle(document.body).backgroundColor"
        return str(browser.execute_script(script))

    emulate(browser, prefers_color_scheme="light")
    light = paper()
    emulate(browser, prefers_color_scheme="dark")
    assert sum(map(int, light[4:-1].split(", "))) > 700
    assert sum(map(int, paper()[4:-1].split(", "))) < 100


def test_on_paper_everything_is_open_and_no_control_is_left(browser: webdriver.Chrome) -> None:
    browser.execute_script("document.querySelector('[data-group]').open = false")
    browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    emulate(browser, "print")
    assert not browser.find_element(By.ID, "filter").is_displayed()
    assert browser.find_elements(By.CSS_SELECTOR, "[data-group]:not([open])") == []
    emulate(browser)
    browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert len(browser.find_elements(By.CSS_SELECTOR, "[data-group]:not([open])")) == 1


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_sticks_out_of_a_narrow_window(browser: webdriver.Chrome, width: int) -> None:
    size(browser, width, 900)
    root = "document.documentElement"
    room = browser.execute_script(f"return {root}.clientWidth - {root}.scrollWidth")
    assert room == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_audit_of_accessibility_finds_nothing(browser: webdriver.Chrome, scheme: str) -> None:
    emulate(browser, prefers_color_scheme=scheme)
    # What the browser has not drawn yet cannot be judged.
    rule = "article, tr { content-visibility: visible !important }"
    browser.execute_script("document.styleSheets[0].insertRule(arguments[0])", rule)
    browser.execute_script(Path(os.environ["AXE"]).read_text("utf-8"))
    script = "axe.run(document, {resultTypes: ['violations']}).then(arguments[0])"
    found = browser.execute_async_script(script)["violations"]
    assert [summary(one) for one in found] == []


def summary(violation: dict[str, Any]) -> str:
    nodes: Iterable[dict[str, Any]] = violation["nodes"]
    where = [f"{node['html'][:120]} {node.get('failureSummary', '')}" for node in nodes]
    return f"{violation['id']}: {violation['help']}: {where[:3]}"


def test_hostile_names_run_nothing(chromium: webdriver.Chrome, tmp_path: Path) -> None:
    evil = "<img src=x onerror=evil()><script>evil()</script>"
    folder = tmp_path / "shop" / "<svg onload=evil()>"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text(
        "import time\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
        f"@app.get('/{evil}')\nasync def read():\n    time.sleep(1)  # {evil}\n"
    )
    file = tmp_path / "report.html"
    file.write_text(render(*look(prepare(Request(paths=(tmp_path / "shop",))))), "utf-8")
    logged(chromium, "browser")
    chromium.get(file.as_uri())
    assert logged(chromium, "browser") == []
    assert chromium.find_elements(By.TAG_NAME, "img") == []
    assert evil in chromium.find_element(By.CSS_SELECTOR, "tr[data-item]").text
