"""The folder in Chromium: opened as files, narrowed, searched, loaded in pieces, read without scripts, printed."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from period_sample import period_sample
from site_sample import TEMPLATES, large_files, site_files, site_report

from grc.report import SiteFile, render_html, render_period, render_requests, write_folder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium")
pytest.importorskip("playwright", reason="the browser's tests need playwright")
if CHROMIUM is None:
    pytest.skip("the browser's tests need chromium", allow_module_level=True)

SECONDS = 120
"""When a page hangs: long enough for a busy machine."""
SORTS = (
    "index.html",
    "pages/iso27001.html",
    "pages/iso27001-technological-controls.html",
    "pages/iso27001-soa.html",
    "pages/hipaa-addressable.html",
    "pages/gdpr-accountability.html",
    "pages/cobit-capability.html",
    "pages/findings.html",
    "pages/findings-aws-s3.html",
    "pages/observations.html#?verdict=fail",
    "pages/controls.html",
    "pages/evidence.html",
    "pages/raised.html",
    "pages/attestations.html",
    "pages/waivers.html",
    "pages/ahead.html",
    "pages/unassessed.html",
    "pages/integrity.html",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "report"
    write_folder((SiteFile(path=path, data=data) for path, data in site_files().items()), out)
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Watched:
    """A page, what it asked for, and what it complained of."""

    def __init__(self, context: BrowserContext, folder: Path) -> None:
        self.folder, self.asked, self.complaints = folder, list[str](), list[str]()
        self.page = context.new_page()
        self.page.set_default_timeout(SECONDS * 1000)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def open(self, address: str) -> Page:
        self.page.goto("about:blank")
        self.page.goto(f"{self.folder.as_uri()}/{address}")
        return self.page


@pytest.fixture(scope="module")
def opened(browser: Browser, folder: Path) -> Watched:
    return Watched(browser.new_context(), folder)


@pytest.fixture
def watched(opened: Watched, folder: Path) -> Iterator[Watched]:
    found = opened
    found.asked.clear()
    found.complaints.clear()
    yield found
    assert found.complaints == []
    assert [url for url in found.asked if not url.startswith((f"{folder.as_uri()}/", "blob:", "about:"))] == []


def texts(page: Page, selector: str) -> list[str]:
    return page.locator(selector).all_text_contents()


def opens(watched: Watched, paths: Iterable[str]) -> None:
    for path in paths:
        page = watched.open(path)
        assert page.title()
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    assert not [url for url in watched.asked if "/data/" in url], "data is loaded when asked for, not before"


def test_pages_open_without_complaint_and_ask_for_nothing_else(watched: Watched) -> None:
    opens(watched, ["index.html", "pages/iso27001.html", "pages/findings-aws-s3.html"])


@pytest.mark.slow
def test_every_page_opens_without_complaint_and_asks_for_nothing_else(watched: Watched, folder: Path) -> None:
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
    opens(watched, (path for path in found if path != "pages/observations.html"))


def test_names_of_hostile_subjects_do_nothing(watched: Watched) -> None:
    for address in ("pages/findings-aws-s3.html", "pages/observations.html#?q=alert"):
        page = watched.open(address)
        until(page, "document.querySelector('main').innerText.includes('<script>alert(1)</script>')")
        page.wait_for_timeout(100)  # for whatever would run
        assert page.locator("main img, main script, main [onerror]").count() == 0


class TestSearch:
    @pytest.mark.parametrize(
        ("typed", "code", "file"),
        [
            ("a.8.24", "A.8.24", "iso27001-technological-controls.html"),
            pytest.param(
                "164.312(a)(1)", "164.312(a)(1)(iv)", "hipaa-technical-safeguards.html", marks=pytest.mark.slow
            ),
            ("art 201", "Art.201(1)(a)", "gdpr-chapter-2.html"),
            pytest.param("control-07", "control-07", "controls.html", marks=pytest.mark.slow),
        ],
    )
    def test_id_as_it_is_typed_leads_to_its_sheet(self, watched: Watched, typed: str, code: str, file: str) -> None:
        page = watched.open("index.html")
        page.fill("#q", typed)
        page.wait_for_selector("#hits a b")
        assert texts(page, "#hits a b")[0] == code
        page.press("#q", "ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{file}#*")
        until(page, "code => document.activeElement.textContent.includes(code)", code)

    @pytest.mark.slow
    def test_anything_else_is_looked_for_among_the_observations(self, watched: Watched) -> None:
        page = watched.open("pages/findings.html")
        page.fill("#q", "prod-")
        page.click("#hits li:last-child a")
        page.wait_for_selector(".observations tbody tr")
        assert all("prod-" in text for text in texts(page, ".observations tbody td:nth-child(2)"))

    def test_link_by_id_alone_finds_its_page(self, watched: Watched) -> None:
        page = watched.open("index.html#iso27001:A.8.24")
        page.wait_for_url("**/pages/iso27001-technological-controls.html#iso27001:A.8.24")


def until(page: Page, script: str, given: object = None) -> None:
    """Wait until a script says so. Playwright's own way makes code of text, which the page's policy refuses."""
    end = time.monotonic() + SECONDS
    while not page.evaluate(script, given):
        assert time.monotonic() < end, script
        page.wait_for_timeout(20)


def shows_only(page: Page, key: str, value: str | None) -> None:
    """Wait until what is shown has this value: the address changes first, and the page after it."""
    until(
        page,
        "([key, value]) => [...document.querySelectorAll('tr.k:not([hidden])')]"
        ".every(row => (row.dataset[key] ?? '').split('|').includes(value))",
        [key, value],
    )


class TestFilters:
    def test_list_of_checks_is_narrowed_and_the_address_keeps_it(self, watched: Watched) -> None:
        page = watched.open("pages/findings.html")
        every = page.locator("tr.k:visible").count()
        page.select_option("[name=status]", "not")
        page.select_option("[name=severity]", "critical")
        shows_only(page, "v", "critical")
        shown = texts(page, "tr.k:visible")
        assert 0 < len(shown) < every
        assert all("critical" in text and "not satisfied" in text for text in shown)
        assert f"{len(shown)} of {every} entries shown" in page.inner_text("#shown")
        assert "status=not" in page.url
        assert "severity=critical" in page.url
        page.reload()
        shows_only(page, "v", "critical")
        assert texts(page, "tr.k:visible") == shown
        page.click("#filters button")
        until(page, f"document.querySelectorAll('tr.k:not([hidden])').length === {every}")

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["framework", "owner", "service"])
    def test_each_way_of_narrowing_keeps_what_it_names(self, watched: Watched, name: str) -> None:
        page = watched.open("pages/findings.html")
        value = page.locator(f"[name={name}] option").nth(1).get_attribute("value")
        page.select_option(f"[name={name}]", value)
        key = {"framework": "f", "owner": "o", "service": "g"}[name]
        shows_only(page, key, value)
        kept = page.eval_on_selector_all("tr.k:not([hidden])", f"rows => rows.map(row => row.dataset.{key})")
        assert kept
        assert all(value in held.split("|") for held in kept)

    @pytest.mark.slow
    def test_tree_hides_the_groups_that_are_left_empty(self, watched: Watched) -> None:
        page = watched.open("pages/iso27001.html#?status=par")
        shows_only(page, "s", "par")
        assert page.locator("tr.k:visible").count() > 0
        assert all("partly satisfied" in text for text in texts(page, "tr.k:visible"))
        assert page.locator("tbody.group:visible").count() < page.locator("tbody.group").count()


class TestObservations:
    def test_only_the_files_that_are_needed_are_loaded(self, watched: Watched) -> None:
        page = watched.open("pages/observations.html#?check=aws.s3.bucket.rule-00&verdict=fail")
        page.wait_for_selector(".observations tbody tr")
        wanted = sum(
            1 for it in site_report().observations() if it.check == "aws.s3.bucket.rule-00" and it.verdict == "fail"
        )
        assert page.inner_text("#told") == f"1 to {min(wanted, 100)} of {wanted}"
        assert {url.rpartition("/")[2] for url in watched.asked if "/data/" in url} == {
            "observations.js",
            "observations-0000.js",
        }

    def test_pages_are_turned_by_keyboard(self, watched: Watched) -> None:
        page = watched.open("pages/observations.html")
        page.press("[name=q]", "Enter")
        page.wait_for_selector(".observations tbody tr")
        first = texts(page, ".observations tbody tr")
        assert len(first) == 100
        page.focus("[name=on]")
        page.keyboard.press("Enter")
        until(page, "document.querySelector('#told').textContent.startsWith('101 ')")
        assert texts(page, ".observations tbody tr") != first
        page.click("[name=back]")
        until(page, "document.querySelector('#told').textContent.startsWith('1 ')")
        assert texts(page, ".observations tbody tr") == first

    @pytest.mark.slow
    def test_nothing_that_fits_is_said(self, watched: Watched) -> None:
        page = watched.open("pages/observations.html#?q=no-such-thing")
        until(page, "document.querySelector('#told').textContent.startsWith('No obs')")

    @pytest.mark.slow
    def test_what_fits_is_saved_without_formulas(self, watched: Watched) -> None:
        page = watched.open("pages/observations.html#?verdict=fail&q=cmd")
        page.wait_for_selector(".observations tbody tr")
        with page.expect_download() as saved:
            page.click("[name=save]")
        lines = Path(saved.value.path()).read_text(encoding="utf-8-sig").splitlines()
        assert len(lines) > 1
        assert not [line for line in lines if ',"=' in line or line.startswith('"=')]

    @pytest.mark.slow
    def test_folder_that_is_not_whole_is_told(self, watched: Watched, folder: Path) -> None:
        away = folder / "data" / "observations-0000.js"
        away.rename(folder / "away.js")
        try:
            page = watched.open("pages/observations.html#?verdict=fail")
            until(page, "document.querySelector('#told').textContent.includes('keep the folder whole')")
        finally:
            (folder / "away.js").rename(away)
        watched.complaints.clear()  # the browser says too that the file is not there


def test_everything_but_the_table_of_observations_reads_without_scripts(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for address in ("index.html", "pages/iso27001.html", "pages/findings-aws-s3.html", "pages/observations.html"):
        page.goto(f"{folder.as_uri()}/{address}")
        assert not page.locator("form:visible, button:visible").count()
    assert "observations.csv" in page.inner_text("main")
    page.goto(f"{folder.as_uri()}/index.html")
    page.click("nav >> text=ISO/IEC 27001")
    page.wait_for_url("**/pages/iso27001.html*")
    page.click("main >> text=A.8.24")
    page.wait_for_url("**/pages/iso27001-technological-controls.html#iso27001:A.8.24")
    assert "Buckets, volumes and databases" in page.inner_text("main")
    context.close()


def serious(page: Page, **options: Any) -> list[Any]:
    from axe_playwright_python.sync_playwright import Axe

    quick = {"preload": False, "resultTypes": ["violations"], "elementRef": False, "selectors": False, **options}
    found = Axe().run(page, options=quick).response["violations"]
    return [(it["id"], it["nodes"][0]["html"][:200]) for it in found if it["impact"] in ("serious", "critical")]


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_sort_of_page_can_be_used_by_all(browser: Browser, folder: Path, scheme: Any) -> None:
    pytest.importorskip("axe_playwright_python")
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    only = {"runOnly": ["color-contrast"]} if scheme == "dark" else {}  # nothing else is another in the dark
    found = {}
    for address in SORTS:
        page.goto("about:blank")
        page.goto(f"{folder.as_uri()}/{address}")
        if "#?" in address:
            page.wait_for_selector(".observations tbody tr")
        page.evaluate("document.querySelectorAll('details').forEach(it => { it.open = true })")
        found[address] = serious(page, **only)
    assert {address: it for address, it in found.items() if it} == {}
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 768, 1280, 1920])
def test_no_page_is_wider_than_the_screen(browser: Browser, folder: Path, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    for address in SORTS:
        page.goto("about:blank")
        page.goto(f"{folder.as_uri()}/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    context.close()


SQUEEZED = """() => {
    const late = document.querySelectorAll("section, article, .group, .r, .c")
    late.forEach(each => { each.style.contentVisibility = "visible" })
    return [...document.querySelectorAll("dd, td, p")]
        .filter(each => each.checkVisibility())
        .filter(each => each.textContent.trim().length > 12 && each.getBoundingClientRect().width < 48)
        .map(each => each.textContent.trim().slice(0, 40))
}"""
"""Texts that stand in a column too narrow for a word, also those below the first screen."""


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1280])
def test_no_text_stands_letter_below_letter(browser: Browser, folder: Path, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    watched = Watched(context, folder)
    found = {each: squeezed for each in SORTS if (squeezed := watched.open(each).evaluate(SQUEEZED))}
    context.close()
    assert not found


@pytest.mark.slow
def test_sheets_print(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    for address in ("index.html", "pages/iso27001-technological-controls.html"):
        page.goto(f"{folder.as_uri()}/{address}")
        page.emulate_media(media="print")
        assert not page.locator("nav:visible, form:visible, button:visible").count()
        assert page.pdf(format="A4").startswith(b"%PDF")
        assert page.pdf(format="Letter").startswith(b"%PDF")
    page.close()


def worked(browser: Browser, address: str) -> float:
    """The seconds that the processor works to show a page: a busy machine makes no difference."""
    page = browser.new_page()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address)
    assert page.locator("h1").is_visible()
    told = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    page.close()
    return float(told["TaskDuration"])


@pytest.mark.slow
def test_front_page_of_a_hundred_thousand_observations_is_there_in_a_second(browser: Browser, tmp_path: Path) -> None:
    files = (SiteFile(path=path, data=data) for path, data in large_files().items())
    write_folder(files, tmp_path / "report")
    address = f"{(tmp_path / 'report').as_uri()}/index.html"
    assert 0.01 < sorted(worked(browser, address) for _ in range(5))[2] < 1


@pytest.mark.parametrize("width", [390, 1280])
def test_request_list_stays_on_the_screen_and_reads_in_words(browser: Browser, tmp_path: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    made = tmp_path / "requests.html"
    made.write_bytes(render_requests(site_report(), "html", [TEMPLATES], due=None, answered=True))
    page.goto(made.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    heads = page.locator("section:first-of-type thead th")
    assert "Due" not in heads.all_text_contents(), "nobody said a day"
    assert min(box["width"] for each in heads.all() if (box := each.bounding_box())) >= 64
    page.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (768, "dark"), (1280, "light"), (1920, "dark")])
def test_period_stays_on_the_screen_and_its_strokes_are_seen(
    browser: Browser, tmp_path: Path, width: int, scheme: Any
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    made = tmp_path / "period.html"
    made.write_bytes(render_period(period_sample(site_report().policy), [TEMPLATES]))
    page.goto(made.as_uri())
    assert asked == [made.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    paper = page.eval_on_selector("body", "it => getComputedStyle(it).backgroundColor")
    strokes = page.eval_on_selector_all(".tl .tk", "all => all.map(it => getComputedStyle(it).stroke)")
    assert strokes
    assert min(contrast(stroke, paper) for stroke in set(strokes)) >= 3
    tall = page.eval_on_selector_all(".c .tl .not", "all => all.map(it => it.getBBox().height)")
    assert tall
    assert set(tall) == {24}
    page.close()


def contrast(one: str, other: str) -> float:
    """The contrast of two colours of a browser, as WCAG reckons it."""
    lights = sorted(map(luminance, (one, other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_report_in_one_file_is_narrowed_by_owner_and_the_address_keeps_it(browser: Browser, tmp_path: Path) -> None:
    report = site_report()
    own = dict(list(report.policy.controls.items())[::2])
    others = {name: replace(it, owner="privacy office") for name, it in own.items()}
    report = replace(report, policy=replace(report.policy, controls={**report.policy.controls, **others}))
    made = tmp_path / "report.html"
    made.write_bytes(render_html(report, [TEMPLATES]))
    page = browser.new_page()
    page.goto(made.as_uri())
    page.select_option("[name=owner]", "privacy office")
    shown = "rows => rows.filter(row => !row.hidden).map(row => row.id)"
    until(page, "() => document.querySelectorAll('.c[hidden]').length > 0")
    assert page.url.endswith("owner=privacy+office")
    assert set(page.eval_on_selector_all("#report\\/controls .c", shown)) == set(own)
    answered = {mapped.requirement for control in own.values() for mapped in control.maps}
    assert answered
    assert set(page.eval_on_selector_all(".r", shown)) == answered
    page.reload()
    until(page, "() => document.querySelectorAll('.c[hidden]').length > 0")
    assert page.locator("[name=owner]").input_value() == "privacy office"
    page.close()


def test_trend_is_drawn_for_every_counted_set_with_its_numbers_beside(watched: Watched) -> None:
    page = watched.open("index.html")
    sets = sum(len(it.sets) for it in site_report().assessment.frameworks)
    trends = page.locator("figure.trend")
    assert trends.count() == sets > 0
    for trend in trends.all():
        assert trend.locator("polyline.floor").count() == trend.locator("polyline.ceiling").count() > 0
        assert trend.locator("circle.floor").count() == 3
        trend.locator("summary").click()
        assert trend.locator("tbody tr:visible").count() == 3
        assert trend.locator("desc").text_content()


def test_values_of_a_finding_do_not_stand_letter_below_letter_on_a_telephone(browser: Browser, folder: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(f"{folder.as_uri()}/pages/findings-aws-s3.html")
    widths = page.eval_on_selector_all(
        ".c",
        "all => all.flatMap(each => { each.style.contentVisibility = 'visible';"
        " return [...each.querySelectorAll('th[scope=col]')].map(it => it.getBoundingClientRect().width) })",
    )
    assert widths
    assert min(widths) >= 120
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
