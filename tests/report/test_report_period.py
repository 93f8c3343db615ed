"""The page of a period: whole, safe, without a script or a request, and its figures those of the runs."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from period_sample import period_sample
from report_page import Page
from report_sample import HOSTILE

from grc.model.overtime import Ending, by_worst
from grc.report import PeriodInput, ReportInput, render_period
from grc.report.anchors import anchor
from grc.report.period.told import days
from grc.report.text import UNSEEN, visible
from grc.report.words import load_words


@pytest.fixture(scope="module")
def given(report: ReportInput) -> PeriodInput:
    return period_sample(report.policy)


@pytest.fixture(scope="module")
def text(given: PeriodInput) -> str:
    return render_period(given, [Path(__file__).parents[2] / "reports" / "templates"]).decode()


@pytest.fixture(scope="module")
def drawn(text: str) -> Page:
    return Page.read(text)


def words(page: Page) -> str:
    return " ".join(page.text.split())


def test_answer_counts_what_the_runs_show(given: PeriodInput, drawn: Page) -> None:
    found, held = given.found, by_worst(given.found)
    said = words(drawn)
    assert f"Of {len(found.planned)} planned runs whose days are over, {len(found.runs)} were made" in said
    assert f"and {len(found.missed)} are missing; {len(found.runs)} runs in all" in said
    assert f"Of {len(found.checks)} checks, {len(held.short)} fell short in some run" in said
    assert f"{len(held.undecided)} did not but could not be decided in some run" in said
    assert f"{len(held.waived)} had waived failures alone, and {len(held.sound)} were sound" in said
    endings = Counter(lapse.ending for check in found.checks for lapse in check.lapses)
    assert f"{endings[Ending.MENDED]} put right" in said
    assert f"{endings[Ending.OPEN]} not seen to end" in said
    changed = sum(len(it.statuses) > 1 for it in found.requirements)
    assert f"Of {len(found.requirements)} requirements, {len(found.requirements) - changed} had one status" in said
    assert "2 policies judged the runs" in said
    assert held.short
    assert held.undecided
    assert held.waived
    assert held.sound


def test_every_check_requirement_run_and_missing_stretch_is_there(given: PeriodInput, drawn: Page) -> None:
    ids, said = drawn.values("id"), words(drawn)
    assert {check.check for check in given.found.checks} <= set(ids)
    assert {anchor(held.requirement) for held in given.found.requirements} <= set(ids)
    assert all(run.pack in said for run in given.found.runs)
    told = load_words()
    assert given.found.missed
    for stretch in given.found.missed:
        assert f"{days(told, stretch, ZoneInfo('Europe/Berlin'))}7 days" in drawn.text
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in drawn.values("href") if href.startswith("#")} <= set(ids)


def test_drawing_of_a_check_has_as_many_strokes_as_runs_and_says_the_same(given: PeriodInput, text: str) -> None:
    for check in given.found.checks:
        if not check.fell_short:
            continue
        article = text[text.index(f'<article class="c" id="{check.check}">') :]
        picture = article[article.index('<svg class="tl"') : article.index("</figure>")]
        strokes = {
            code: path.count("M") for code, path in re.findall(r'<path class="tk (\w+)"[^>]* d="([^"]*)"', picture)
        }
        assert strokes.get("not") == check.fell_short
        assert sum(strokes.values()) == check.ran
        assert f"fell short in {check.fell_short}" in re.search(r'aria-label="([^"]*)"', picture)[1]
        assert picture.count('<rect class="gap"') == len(given.found.missed)


def test_failure_is_told_with_its_bounds(given: PeriodInput, drawn: Page) -> None:
    said = words(drawn)
    lapses = [lapse for check in given.found.checks for lapse in check.lapses]
    bounded = [lapse for lapse in lapses if lapse.at_most]
    assert bounded
    for lapse in bounded:
        assert f"at most {lapse.at_most.days} day" in said
    assert "not seen to end" in said


def test_nothing_runs_nothing_is_fetched_and_no_name_becomes_an_element(text: str, drawn: Page) -> None:
    tags = {element.tag for element in drawn.elements}
    assert not tags & {"script", "img", "link", "iframe", "object", "base", "form", "input"}
    names = {name for element in drawn.elements for name in element.attributes}
    assert not [name for name in names if name.startswith("on") or name in {"style", "src", "srcset", "action"}]
    assert all(href.startswith("#") for href in drawn.values("href"))
    assert not drawn.comments
    assert not [match[0] for match in UNSEEN.finditer(text)]
    assert "[U+202E]" in text
    for name in HOSTILE[:3]:
        assert " ".join(visible(name).split()) in words(drawn)
    styles = "".join(element.text for element in drawn.all("style"))
    assert "@import" not in styles
    assert re.findall(r"url\(([^)]*)\)", styles) == ["#h-gap"]
    policy = next(it for it in drawn.all("meta") if it.attributes.get("http-equiv")).attributes["content"]
    assert policy.startswith("default-src 'none'")
    for element in drawn.all("style"):
        assert base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode() in policy


def test_period_without_a_plan_calls_no_run_missing(given: PeriodInput, report: ReportInput, templates: Path) -> None:
    page = Page.read(render_period(period_sample(report.policy, every=None), [templates]).decode())
    assert "it is not known whether any is missing" in words(page)
    assert not [it for it in page.all("rect") if it.attributes.get("class") == "gap"]


def test_what_is_still_to_come_is_shaded_and_told(given: PeriodInput, drawn: Page, templates: Path) -> None:
    assert "is not over" not in drawn.text
    open_yet = replace(given, found=replace(given.found, over=given.found.runs[-1].collected))
    page = Page.read(render_period(open_yet, [templates]).decode())
    assert "The period is not over: this is as of" in page.text
    rest = [it for it in page.all("rect") if it.attributes["class"] == "rest"]
    assert len(rest) == len([it for it in page.all("svg") if it.attributes.get("aria-label")])


def test_same_runs_give_the_same_page(given: PeriodInput, text: str, templates: Path) -> None:
    assert render_period(given, [templates]).decode() == text


def test_what_the_last_policy_does_not_have_is_named_by_its_id(given: PeriodInput, templates: Path) -> None:
    bare = replace(given, policy=replace(given.policy, checks={}, catalogues={}))
    page = Page.read(render_period(bare, [templates]).decode())
    assert all(check.check in page.text for check in given.found.checks)
    assert all(held.requirement in page.text for held in given.found.requirements[:20])


def test_failures_beyond_those_shown_are_counted(report: ReportInput, templates: Path) -> None:
    given = period_sample(report.policy, lapses=130)
    page = words(Page.read(render_period(given, [templates]).decode()))
    assert page.count("30 more are not listed here") == len(by_worst(given.found).short)


def test_year_of_daily_runs_stays_small(report: ReportInput, templates: Path) -> None:
    given = period_sample(report.policy, runs=365)
    assert len(render_period(given, [templates])) < 1_500_000
