"""Templates and messages that a workspace brings along."""

from pathlib import Path

import pytest

from grc.errors import DataError, ReportError
from grc.model.identifiers import FrameworkId
from grc.model.status import Status
from grc.report import ReportInput, render_html
from grc.report.words import load_words


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path


def test_first_folder_wins_file_by_file(report: ReportInput, own: Path, templates: Path) -> None:
    (own / "cover.html.j2").write_text('<header id="report/cover"><h1>Ours: {{ page.organisation }}</h1></header>')
    made = render_html(report, [own, templates])
    assert b"<h1>Ours: Example Clinic</h1>" in made
    assert b'id="report/integrity"' in made


def test_own_style_and_script_are_allowed_by_the_policy(report: ReportInput, own: Path, templates: Path) -> None:
    (own / "report.css").write_text("body { color: #123456 }\r\n")
    made = render_html(report, [own, templates]).decode()
    assert "<style>body { color: #123456 }\n</style>" in made


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("<p>\n{{ page.owner }}\n</p>", 2, "owner"),
        ("\n\n{{ say.no_such_message }}", 3, "no_such_message"),
        ("{% for it in page.frameworks %}\n{{ it.title ~ 1 / 0 }}\n{% endfor %}", 2, "division"),
        ("\n{% if %}", 2, "Expected an expression"),
        ("{{ page.frameworks[0].digest }}", 1, "absent"),
        ("{{ page.__class__ }}", 1, "unsafe"),
        ('\n{% include "missing.html.j2" %}', 2, "missing.html.j2"),
    ],
)
def test_mistake_is_told_with_its_file_and_line(
    report: ReportInput, own: Path, templates: Path, text: str, line: int, message: str
) -> None:
    (own / "cover.html.j2").write_text(text)
    with pytest.raises(ReportError) as error:
        render_html(report, [own, templates])
    assert f"cover.html.j2:{line}: " in str(error.value)
    assert message in str(error.value)


def test_template_that_is_not_utf8_is_told(report: ReportInput, own: Path, templates: Path) -> None:
    (own / "cover.html.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(ReportError, match="UTF-8"):
        render_html(report, [own, templates])
    (own / "cover.html.j2").unlink()
    (own / "report.css").write_bytes(b"\xff\xfe")
    with pytest.raises(ReportError, match="UTF-8"):
        render_html(report, [own, templates])


def test_folder_without_templates_is_told(report: ReportInput, own: Path) -> None:
    with pytest.raises(ReportError, match=r"report\.css"):
        render_html(report, [own])


def test_style_that_would_end_its_element_is_refused(report: ReportInput, own: Path, templates: Path) -> None:
    (own / "report.css").write_text("</style><p>")
    with pytest.raises(ReportError, match="must not hold"):
        render_html(report, [own, templates])


class TestMessages:
    def test_some_are_replaced_and_the_rest_stay(self, own: Path) -> None:
        (own / "messages.yaml").write_text("format: grc.messages/1\ntext:\n  answer_title: Die Antwort\n")
        words = load_words([own])
        assert words.text["answer_title"] == "Die Antwort"
        assert words.text["scope_title"] == "Scope"

    def test_first_folder_wins(self, own: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        other = tmp_path_factory.mktemp("other")
        for folder, title in ((own, "First"), (other, "Second")):
            (folder / "messages.yaml").write_text(f"format: grc.messages/1\ntext:\n  answer_title: {title}\n")
        assert load_words([own, other]).text["answer_title"] == "First"

    def test_framework_may_be_given_words_of_its_own(self, own: Path) -> None:
        (own / "messages.yaml").write_text(
            "format: grc.messages/1\nstatuses:\n  cobit:\n    satisfied: {word: achieved, letter: A}\n"
        )
        words = load_words([own])
        assert words.status(Status.SATISFIED, FrameworkId("cobit")).word == "achieved"
        assert words.status(Status.SATISFIED, FrameworkId("hipaa")).word == "satisfied"
        assert words.status(Status.PARTIAL, FrameworkId("cobit")).word == "partly satisfied"

    @pytest.mark.parametrize(
        ("text", "at", "message"),
        [
            ("text:\n  answer_titel: x\n", ":3:3: $.text.answer_titel:", "is no message"),
            ("text:\n  answer_title: 3\n", ":3:", "must be a text"),
            ('text:\n  figures: "{n} of {sum}"\n', ":3:", "{sum}"),
            ("nouns:\n  check: [one]\n", ":3:", "two forms"),
            ("text: x\n", ":2:", "must be a mapping"),
        ],
    )
    def test_mistake_is_told_with_its_place(self, own: Path, text: str, at: str, message: str) -> None:
        (own / "messages.yaml").write_text(f"format: grc.messages/1\n{text}")
        with pytest.raises(DataError) as error:
            load_words([own])
        assert at in str(error.value)
        assert message in str(error.value)

    def test_format_is_required(self, own: Path) -> None:
        (own / "messages.yaml").write_text("text:\n  answer_title: x\n")
        with pytest.raises(DataError, match=r"grc\.messages/1"):
            load_words([own])
