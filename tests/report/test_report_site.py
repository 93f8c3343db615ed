"""The report as a folder: whole, linked, safe, repeatable, small, and written whole or not at all."""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
import subprocess
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from report_page import Page
from report_sample import HOSTILE, sample
from site_sample import TEMPLATES, large_files, site_files, site_report, small_report

from grc.errors import ReportError
from grc.model.status import Verdict
from grc.report import narrowed, render_site, write_folder
from grc.report.site import SiteFile
from grc.report.site.chunks import COLUMNS, MOST_ROWS
from grc.report.site.links import linked
from grc.report.text import visible


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return site_files()


@pytest.fixture(scope="module")
def pages(files: dict[str, bytes]) -> dict[str, Page]:
    return {path: Page.read(data.decode()) for path, data in files.items() if path.endswith(".html")}


def handed_over(script: bytes, name: str) -> object:
    """What a script of the folder hands over."""
    found = re.fullmatch(rf"grc\.{name}\((.*)\);\n", script.decode(), re.DOTALL)
    assert found
    return json.loads(f"[{found[1]}]")


def chunks(files: dict[str, bytes]) -> Iterator[dict[str, object]]:
    for path, data in files.items():
        if re.fullmatch(r"data/observations-\d+\.js", path):
            _, packed = handed_over(data, "chunk")
            yield json.loads(zlib.decompress(base64.b64decode(packed)))


class TestPages:
    def test_there_is_a_page_for_each_sort_of_thing(self, pages: dict[str, Page]) -> None:
        names = {Path(path).stem for path in pages}
        assert {"index", "iso27001", "iso27001-soa", "hipaa-addressable", "gdpr-accountability"} <= names
        assert {"cobit-capability", "iso27001-technological-controls", "findings", "findings-aws-s3"} <= names
        assert {"controls", "evidence", "observations", "attestations", "waivers", "integrity", "ahead"} <= names

    def test_every_requirement_check_and_control_stands_on_one_page(self, pages: dict[str, Page]) -> None:
        anchors = Counter(anchor for page in pages.values() for anchor in set(page.values("id")))
        policy = site_report().policy
        rows = [row.id for catalogue in policy.catalogues.values() for row in catalogue.requirements]
        for entry in [*rows, *policy.checks, *policy.controls, *policy.catalogues]:
            assert anchors[quote(entry, safe=":.()-_/~")] == 1, entry

    def test_ids_are_unique_and_every_link_arrives(self, files: dict[str, bytes], pages: dict[str, Page]) -> None:
        for path, page in pages.items():
            ids = page.values("id")
            assert len(ids) == len(set(ids)), path
            for href in page.values("href"):
                if not href.startswith("https://"):
                    file, _, anchor = href.partition("#")
                    target = (
                        posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(file))) if file else path
                    )
                    assert target in files, (path, href)
                    assert not anchor or anchor.startswith("?") or anchor in pages[target].values("id"), (path, href)

    def test_every_subject_that_is_not_a_pass_is_shown(self, pages: dict[str, Page]) -> None:
        text = "".join(page.text for page in pages.values())
        for observation in site_report().observations():
            assert visible(observation.subject.rpartition(":")[2].rpartition("/")[2]) in text

    def test_what_a_control_covers_needs_no_script(self, files: dict[str, bytes]) -> None:
        assert b"The part names these stores, and the checks read each one." in b"".join(
            data for path, data in files.items() if path.endswith(".html")
        )

    def test_some_frameworks_alone(self) -> None:
        report = narrowed(site_report(), ["hipaa"])
        made = {file.path for file in render_site(report, [TEMPLATES])}
        assert "pages/hipaa.html" in made
        assert not [path for path in made if "iso27001" in path]

    def test_report_of_nothing_is_still_a_report(self) -> None:
        report = small_report()
        nothing = replace(
            report,
            assessment=replace(report.assessment, frameworks=(), findings=(), controls=(), checks=(), waivers=()),
            evidence=(),
            observations=lambda: iter(()),
            every=lambda: iter(()),
            views=(),
            earlier=(),
            coverage=None,
        )
        made = {
            file.path: file.data.decode() for file in render_site(nothing, [TEMPLATES]) if file.path.endswith("html")
        }
        assert "No check failed and none was left undecided" in made["index.html"]
        assert "A trend is drawn from three runs on; this report knows of 1." in made["index.html"]
        assert "No check failed, is waived or was left undecided." in made["pages/findings.html"]


class TestChanges:
    def test_what_fell_short_since_is_named(self, files: dict[str, bytes]) -> None:
        index = files["index.html"].decode()
        changes = index[index.index('id="report/changes"') : index.index('id="report/charts"')]
        before = {it.requirement: it.engine_status for it in site_report().earlier[-1].assessment.findings}
        moved = [
            it
            for it in site_report().assessment.findings
            if it.counted_in and before[it.requirement] is not it.engine_status
        ]
        assert moved
        for finding in moved:
            assert f"#{quote(finding.requirement, safe=':.()-_/~')}" in changes
        assert "2026-04-03 12:00 UTC" in changes
        assert "The policy and the engine are the same" in changes

    def test_without_an_earlier_pack_nothing_is_said_of_changes(self) -> None:
        report = replace(small_report(), earlier=())
        index = next(file.data.decode() for file in render_site(report, [TEMPLATES]))
        assert "report/changes" not in index

    def test_charts_say_in_text_and_numbers_what_they_draw(self, pages: dict[str, Page]) -> None:
        for path in ("index.html", "pages/iso27001.html", "pages/findings.html"):
            drawn = [
                it
                for it in pages[path].all("svg")
                if it.attributes.get("role") == "img" and "aria-labelledby" in it.attributes
            ]
            assert drawn
            ids = pages[path].values("id")
            assert all(name in ids for it in drawn for name in it.attributes["aria-labelledby"].split())
            assert len(pages[path].all("figure")) == pages[path].text.count("The same in numbers") > 0


class TestSafe:
    def test_no_element_attribute_or_address_comes_from_data(self, pages: dict[str, Page]) -> None:
        for path, page in pages.items():
            names = {name for element in page.elements for name in element.attributes}
            assert not [name for name in names if name.startswith("on") or name in {"style", "srcset", "action"}], path
            assert not page.comments
            assert not {"img", "iframe", "object", "base", "embed", "image", "use"} & {it.tag for it in page.elements}
            assert all(not script.text for script in page.all("script"))

    def test_policy_allows_the_folder_alone(self, pages: dict[str, Page]) -> None:
        for page in pages.values():
            meta = next(it for it in page.all("meta") if it.attributes.get("http-equiv") == "Content-Security-Policy")
            assert meta.attributes["content"].startswith("default-src 'none'; style-src 'self'; script-src 'self'")
            assert "unsafe" not in meta.attributes["content"]
            sources = [it.attributes["src"] for it in page.all("script")]
            assert all(re.fullmatch(r"(\.\./)?assets/[a-z]+\.js", source) for source in sources)

    def test_names_of_files_are_tame_whatever_a_catalogue_is_called(self) -> None:
        report = small_report()
        catalogues = {
            name: replace(
                catalogue,
                requirements=tuple(
                    replace(row, group=HOSTILE[place % 3] + row.group)
                    for place, row in enumerate(catalogue.requirements)
                ),
            )
            for name, catalogue in report.policy.catalogues.items()
        }
        odd = replace(report, policy=replace(report.policy, catalogues=catalogues))
        made = [file.path for file in render_site(odd, [TEMPLATES])]
        assert len(made) == len({path.lower() for path in made})
        assert all(re.fullmatch(r"[a-z0-9/.-]+", path) and ".." not in path for path in made)

    def test_text_that_looks_like_a_link_is_left_alone(self) -> None:
        text = '<p>&lt;a href=#x&gt; href=#x <a class=id href=#x>y</a> <a href="#own" id=own>z</a>'
        made = linked("pages/a.html", text, {"x": "index.html", "own": "pages/b.html"})
        assert made == '<p>&lt;a href=#x&gt; href=#x <a class=id href=../index.html#x>y</a> <a href="#own" id=own>z</a>'


class TestData:
    def test_chunks_hold_every_observation_once(self, files: dict[str, bytes]) -> None:
        held: Counter[tuple[str, ...]] = Counter()
        for chunk in chunks(files):
            checks = [check for check, count in chunk["checks"] for _ in range(count)]
            columns = {}
            for name in COLUMNS:
                column = chunk[name]
                columns[name] = column if isinstance(column, list) else [column["values"][it] for it in column["rows"]]
                assert len(columns[name]) == len(checks) <= MOST_ROWS
            held.update(
                zip(checks, columns["subject"], columns["place"], columns["verdict"], columns["record"], strict=True)
            )
        wanted = Counter(
            (it.check, visible(it.subject), it.place, it.verdict.value, it.digest.removeprefix("sha256:")[:12])
            for it in site_report().every()
        )
        assert held == wanted

    def test_index_counts_what_the_chunks_hold(self, files: dict[str, bytes]) -> None:
        (index,) = handed_over(files["data/observations.js"], "observations")
        counted = Counter((it.check, it.verdict) for it in site_report().every())
        for check, _, _, *counts in index["checks"]:
            assert counts == [counted[check, verdict] for verdict in Verdict]
        assert sum(chunk["rows"] for chunk in index["chunks"]) == sum(counted.values())
        assert {chunk["file"] for chunk in index["chunks"]} <= set(files)

    def test_search_knows_every_id_and_where_it_stands(self, files: dict[str, bytes], pages: dict[str, Page]) -> None:
        (entries,) = handed_over(files["data/search.js"], "entries")
        assert {"A.8.24", "control-00", "W-1"} <= {code for code, *_ in entries}
        assert all(anchor in pages[file].values("id") for _, _, anchor, file in entries)

    def test_every_table_is_beside_the_pages(self, files: dict[str, bytes]) -> None:
        assert {"tables/requirements.csv", "tables/findings.csv", "tables/soa-iso27001.csv"} <= set(files)
        lines = files["tables/observations.csv"].decode().count("\r\n")
        assert lines > sum(1 for _ in site_report().every())

    def test_what_is_beyond_a_sheet_is_counted_there_and_in_the_data(self) -> None:
        report = sample(subjects=3000, checks=3, bad=1.0, hostile=False, frameworks=("hipaa",))
        made = {file.path: file.data.decode("utf-8", "replace") for file in render_site(report, [TEMPLATES])}
        failed = report.assessment.checks[0].failed
        page = made["pages/findings-aws-s3.html"]
        assert f"{failed - 200:,} more are among the observations" in page
        assert "observations.html#?check=aws.s3.bucket.rule-00" in page


class TestRepeatable:
    def test_same_input_gives_the_same_bytes_in_any_order(self) -> None:
        report = small_report()
        files = {file.path: file.data for file in render_site(report, [TEMPLATES])}
        backwards = replace(report, observations=lambda: reversed(list(report.observations())))
        assert {file.path: file.data for file in render_site(backwards, [TEMPLATES])} == files


class TestFolder:
    @staticmethod
    def some(text: str = "x") -> Iterator[SiteFile]:
        yield SiteFile(path="index.html", data=text.encode())
        yield SiteFile(path="pages/a.html", data=b"a")

    def test_sums_are_right(self, tmp_path: Path) -> None:
        write_folder(self.some(), tmp_path / "out")
        subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=tmp_path / "out", check=True)
        assert (tmp_path / "out" / "SHA256SUMS").read_text().startswith(hashlib.sha256(b"x").hexdigest())

    def test_report_is_replaced_whole(self, tmp_path: Path) -> None:
        write_folder(self.some("old"), tmp_path / "out")
        write_folder((file for file in self.some("new") if file.path == "index.html"), tmp_path / "out")
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["SHA256SUMS", "index.html"]
        assert (tmp_path / "out" / "index.html").read_text() == "new"
        assert [path.name for path in tmp_path.iterdir()] == ["out"]

    def test_folder_of_something_else_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "thesis.txt").write_text("mine")
        with pytest.raises(ReportError, match=r"thesis\.txt, which no report wrote"):
            write_folder(self.some(), tmp_path / "out")
        assert (tmp_path / "out" / "thesis.txt").read_text() == "mine"

    def test_file_and_link_in_its_place_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("mine")
        (tmp_path / "link").symlink_to(tmp_path)
        for name in ("file", "link"):
            with pytest.raises(ReportError, match="not a folder"):
                write_folder(self.some(), tmp_path / name)

    def test_nothing_half_written_where_a_template_fails(self, tmp_path: Path) -> None:
        own = tmp_path / "own"
        own.mkdir()
        (own / "integrity.html.j2").write_text("\n\n{{ page.owner }}")
        write_folder(self.some("old"), tmp_path / "out")
        with pytest.raises(ReportError, match=r"own/integrity\.html\.j2:3: .*owner"):
            write_folder(render_site(small_report(), [own, TEMPLATES]), tmp_path / "out")
        assert (tmp_path / "out" / "index.html").read_text() == "old"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "own"]

    @pytest.mark.parametrize(("text", "line"), [("\n{% if %}", 2), ("{{ here.no_such }}", 1)])
    def test_mistake_in_an_override_is_told_with_its_file_and_line(self, tmp_path: Path, text: str, line: int) -> None:
        (tmp_path / "site-navigation.html.j2").write_text(text)
        with pytest.raises(ReportError, match=rf"{re.escape(str(tmp_path))}/site-navigation\.html\.j2:{line}: "):
            list(render_site(small_report(), [tmp_path, TEMPLATES]))

    def test_override_made_for_one_file_serves_the_folder_too(self, tmp_path: Path) -> None:
        (tmp_path / "waivers.html.j2").write_text(
            '<section id="report/waivers">Ours <a href="#control-00">x</a></section>'
        )
        made = {file.path: file.data for file in render_site(small_report(), [tmp_path, TEMPLATES])}
        assert b'Ours <a href="controls.html#control-00">x</a>' in made["pages/waivers.html"]


@pytest.mark.slow
class TestSize:
    def test_a_hundred_thousand_observations(self) -> None:
        made = {path: len(data) for path, data in large_files().items()}
        (index,) = handed_over(large_files()["data/observations.js"], "observations")
        assert sum(chunk["rows"] for chunk in index["chunks"]) >= 100_000
        assert made["index.html"] < 1_000_000
        assert sum(made.values()) < 25_000_000
        assert max(size for path, size in made.items() if path.endswith(".html")) < 1_000_000
        assert max(size for path, size in made.items() if path.startswith("data/observations-")) < 600_000
        assert "tables/observations.csv.gz" in made
