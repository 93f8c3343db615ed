"""The HTML report: whole, safe, linked, repeatable, small."""

import base64
import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from report_page import Page
from report_sample import HOSTILE, sample, shipped_sample

from grc.model.status import Status
from grc.report import ReportInput, render_html
from grc.report.text import UNSEEN, visible
from grc.report.words import load_words

TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "script",
        "body",
        "nav",
        "noscript",
        "main",
        "header",
        "section",
        "article",
    ),
    "noscript",
    *("form", "label", "input", "fieldset", "legend", "select", "option", "button", "ul", "ol", "li", "dl", "dt", "dd"),
    *(
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "h1",
        "h2",
        "h3",
        "h4",
        "p",
        "div",
        "span",
        "a",
        "b",
        "i",
    ),
    *("br", "small", "code", "pre", "svg", "rect", "text", "line"),
}
FORBIDDEN = re.compile(r"compliant|certified|certif|congratulat|well done|\bpassed!|[!]", re.IGNORECASE)


class TestSafe:
    def test_no_element_or_attribute_comes_from_data(self, page: Page) -> None:
        assert {element.tag for element in page.elements} <= TAGS
        names = {name for element in page.elements for name in element.attributes}
        assert not [name for name in names if name.startswith("on") or name in {"style", "src", "srcset", "action"}]
        assert not page.comments

    def test_hostile_names_are_shown_as_text(self, page: Page) -> None:
        for name in HOSTILE:
            if "\ud800" not in name and not name.startswith("line"):
                assert visible(name) in page.text

    def test_no_character_hides_or_reorders_text(self, html: str) -> None:
        assert not [match[0] for match in UNSEEN.finditer(html)]
        assert "[U+202E]" in html

    def test_half_a_surrogate_pair_does_not_stop_the_report(self, report: ReportInput, templates: Path) -> None:
        odd = replace(report, organisation=replace(report.organisation, name="half \ud800 pair"))
        assert b"half [U+D800] pair" in render_html(odd, [templates])

    def test_template_text_in_data_is_not_rendered(self, page: Page) -> None:
        assert "{{ 7*7 }}" in page.text

    def test_nothing_is_fetched(self, page: Page) -> None:
        for element in page.elements:
            if "href" in element.attributes and not element.attributes["href"].startswith("#"):
                assert element.tag == "a"
                assert element.attributes["href"].startswith("https://")
                assert element.attributes["rel"] == "noreferrer noopener"
        assert not {"link", "img", "iframe", "object", "base"} & {element.tag for element in page.elements}
        styles = "".join(element.text for element in page.all("style"))
        assert "url(" not in styles
        assert "@import" not in styles

    def test_policy_allows_these_very_texts_and_nothing_else(self, page: Page) -> None:
        meta = next(it for it in page.all("meta") if it.attributes.get("http-equiv") == "Content-Security-Policy")
        policy = meta.attributes["content"]
        for element in [*page.all("style"), *page.all("script")]:
            assert base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode() in policy
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert len(page.all("script")) == 1

    def test_text_in_the_margins_of_a_printed_page_cannot_leave_its_string(
        self, report: ReportInput, templates: Path
    ) -> None:
        hostile = replace(report, classification='"}body{display:none}@page{@top-left{content:"\n</style><script>')
        page = Page.read(render_html(hostile, [templates]).decode())
        running = page.all("style")[1].text
        assert "display:none" not in running
        assert running.count("{") == running.count("}") == 4
        assert len(page.all("script")) == 1

    def test_link_of_a_source_is_a_web_address_or_plain_text(self, report: ReportInput, templates: Path) -> None:
        checks = {
            name: replace(check, sources=("javascript:alert(1)", "data:text/html,x", "https://a.example/ b"))
            for name, check in report.policy.checks.items()
        }
        page = Page.read(
            render_html(replace(report, policy=replace(report.policy, checks=checks)), [templates]).decode()
        )
        assert all(href.startswith("#") for href in page.values("href"))
        assert "javascript:alert(1)" in page.text


class TestWhole:
    def test_every_requirement_has_its_anchor_once(self, report: ReportInput, page: Page) -> None:
        ids = page.values("id")
        for catalogue in report.policy.catalogues.values():
            for row in catalogue.requirements:
                assert ids.count(quote(row.id, safe=":.()-_/~")) == 1
        assert sum(len(it.requirements) for it in report.policy.catalogues.values()) == 93 + 30 + 231 + 161 + 375

    def test_ids_are_unique_and_every_link_arrives(self, page: Page) -> None:
        ids = page.values("id")
        assert len(ids) == len(set(ids))
        internal = {href[1:] for href in page.values("href") if href.startswith("#")}
        assert internal <= set(ids)

    def test_every_check_control_population_and_waiver_has_an_anchor(self, report: ReportInput, page: Page) -> None:
        ids = set(page.values("id"))
        assert set(report.policy.checks) <= ids
        assert set(report.policy.controls) <= ids
        assert {f"evidence/{it.population.unit.kind}/{it.population.unit.place}" for it in report.evidence} <= ids
        assert "waiver/W-1" in ids

    def test_every_subject_that_is_not_a_pass_is_shown(self, report: ReportInput, page: Page) -> None:
        for observation in report.observations():
            assert visible(observation.subject.rpartition(":")[2].rpartition("/")[2]) in page.text

    def test_map_has_a_tile_for_each_counted_requirement(self, page: Page) -> None:
        tiles = [element for element in page.all("a") if element.attributes.get("class", "").startswith("t ")]
        assert len(tiles) == 93 + 30 + 231 + 161 + 375
        assert all(element.attributes["aria-label"] for element in tiles)

    def test_figures_are_those_of_the_assessment(self, report: ReportInput, page: Page) -> None:
        for summary in report.assessment.frameworks:
            for counted in summary.sets:
                assert f"{counted.counts[Status.SATISFIED]} of {counted.total} · floor" in page.text

    def test_the_floor_is_explained_before_it_is_used(self, page: Page) -> None:
        assert page.text.index("the floor is the share") < page.text.index("· floor ")

    def test_framework_has_its_own_words(self, page: Page) -> None:
        assert "evidence in part" in page.text
        assert "have a gap" in page.text

    def test_pack_can_be_verified_from_what_it_says(self, report: ReportInput, page: Page) -> None:
        for item in report.evidence:
            assert item.file in page.text
            assert item.content_digest in page.text
        assert report.assessment.evidence_digest in page.text
        assert "grc reperform" in page.text

    def test_gap_names_the_call_and_the_permission(self, page: Page) -> None:
        assert "ec2:GetEncryption, needs ec2:GetEncryptionConfiguration" in page.text

    def test_place_without_evidence_is_not_reached(self, page: Page) -> None:
        assert re.search(r"ap-south-1\s*0\s*0\s*not reached", page.text)

    def test_plans_stand_apart(self, html: str) -> None:
        ahead = html[html.index('id="report/ahead"') : html.index('id="report/evidence"')]
        assert "aws_thing.planned_0" in ahead or "planned_0" in ahead
        assert "planned_0" not in html.replace(ahead, "")
        assert "0 of 0" not in ahead

    def test_plans_stand_by_severity(self, html: str) -> None:
        ahead = html[html.index('id="report/ahead"') : html.index('id="report/evidence"')]
        grave = re.findall(r" · (critical|high|medium|low) · ", ahead)
        assert grave == sorted(grave, key=["critical", "high", "medium", "low"].index)
        assert len(set(grave)) > 1

    def test_checks_that_plans_hold_nothing_for_are_counted(self, report: ReportInput, templates: Path) -> None:
        held = report.assessment.checks
        named, *more = [result for result in held if not result.ahead][:3]
        planned = next(result.ahead[0] for result in held if result.ahead)
        nothing = replace(planned, subjects=0, passed=0, failed=0)
        empty = {it.check: (nothing, Status.NOT_APPLICABLE) for it in more}
        told = {named.check: (replace(nothing, subjects=4, passed=4), Status.SATISFIED), **empty}
        checks = tuple(
            replace(it, ahead=(told[it.check][0],), ahead_status=told[it.check][1]) if it.check in told else it
            for it in held
        )
        html = render_html(replace(report, assessment=replace(report.assessment, checks=checks)), [templates]).decode()
        ahead = html[html.index('id="report/ahead"') : html.index('id="report/evidence"')]
        assert "file/infra (plan): 4 of 4 pass" in ahead
        assert "2 checks found nothing to test" in ahead
        assert "no subject tested" not in ahead

    def test_report_of_nothing_is_still_a_report(self, templates: Path) -> None:
        empty = sample(subjects=1, checks=1, bad=0, frameworks=("hipaa",))
        nothing = replace(
            empty,
            assessment=replace(empty.assessment, frameworks=(), findings=(), controls=(), checks=(), waivers=()),
            evidence=(),
            observations=lambda: iter(()),
            period=None,
            sources=(),
        )
        text = Page.read(render_html(nothing, [templates]).decode()).text
        assert "No check failed and none was left undecided" in text
        assert "A point in time" in text


class TestWords:
    def test_no_word_praises_or_claims(self, templates: Path) -> None:
        words = load_words()
        ours = [*words.text.values(), *(it.word + it.means for own in words.statuses.values() for it in own.values())]
        ours += [re.sub(r"<!doctype|\{#|!=", "", path.read_text()) for path in templates.glob("*.j2")]
        assert not [text for text in ours if FORBIDDEN.search(text)]

    def test_every_message_is_used_and_every_one_used_exists(self, templates: Path) -> None:
        source = Path(sys.modules["grc.report"].__file__).parent
        used = "".join(path.read_text() for path in [*templates.glob("*.j2"), *source.rglob("*.py")])
        prefixes = tuple(re.findall(r'f"([a-z]+_)\{', used))
        names = set(load_words().text)
        unused = {name for name in names if not re.search(rf"\b{name}\b", used) and not name.startswith(prefixes)}
        assert unused == set()
        asked = set(re.findall(r"\bsay\.([a-z_]+)", used)) | set(re.findall(r'\bsay\(\s*"([a-z_]+)"', used))
        assert asked <= names


class TestRepeatable:
    def test_same_input_gives_the_same_bytes(self, html: str, templates: Path) -> None:
        assert render_html(sample(subjects=3000, checks=20), [templates]).decode() == html

    def test_order_of_observations_does_not_matter(self, report: ReportInput, html: str, templates: Path) -> None:
        backwards = replace(report, observations=lambda: reversed(list(report.observations())))
        assert render_html(backwards, [templates]).decode() == html

    @pytest.mark.parametrize("seed", ["0", "1"])
    def test_hash_seed_does_not_matter(self, html: str, templates: Path, seed: str) -> None:
        program = (
            "import hashlib, sys; from pathlib import Path; from report_sample import sample; "
            "from grc.report import render_html; "
            "print(hashlib.sha256(render_html(sample(subjects=3000, checks=20), [Path(sys.argv[1])])).hexdigest())"
        )
        found = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": found}
        made = subprocess.run(
            [sys.executable, "-c", program, str(templates)], env=environment, capture_output=True, text=True, check=True
        )
        assert made.stdout.strip() == hashlib.sha256(html.encode()).hexdigest()


class TestSize:
    LIMIT = 2_000_000

    def test_ten_thousand_observations_a_quarter_of_them_bad(self, templates: Path) -> None:
        assert len(render_html(sample(), [templates])) < self.LIMIT

    def test_ten_thousand_observations_none_of_them_good(self, templates: Path) -> None:
        report = sample(subjects=25_500, bad=1.0)
        assert sum(1 for _ in report.observations()) >= 10_000
        assert len(render_html(report, [templates])) < self.LIMIT

    def test_ten_thousand_observations_over_all_that_is_shipped(self, templates: Path) -> None:
        report = shipped_sample()
        assert sum(it.subjects for it in report.assessment.checks) == 10_000
        text = render_html(report, [templates])
        assert len(text) < self.LIMIT
        assert b"The digest of each subject&#39;s record is not listed here" in text

    def test_what_is_beyond_one_file_is_counted_where_it_would_stand(self, templates: Path) -> None:
        report = sample(subjects=60_000, checks=10, bad=1.0, hostile=False)
        text = render_html(report, [templates]).decode()
        assert "more are not listed here" in text
        assert len(text) < self.LIMIT
