"""The Jinja environment: escaped, strict, sandboxed, and open to a workspace's own templates.

Templates lay out; they never decide, count or sort. A folder that comes first wins, file by file.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from grc.errors import ReportError
from grc.report.text import visible

FAULTS: Final = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError)
"""What a template's own mistake can raise; anything else, or raised elsewhere, is a bug and is not caught."""


class Templates:
    """Templates from a list of folders."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folders, encoding="utf-8"),
            autoescape=select_autoescape(enabled_extensions=("html", "html.j2", "svg.j2")),
            undefined=StrictUndefined,
            finalize=_printable,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def render(self, name: str, **values: object) -> str:
        """Render a template.

        Raises:
            ReportError: there is no such template, or it has a mistake; with its name and line.
        """
        try:
            return self._environment.get_template(name).render(**values)
        except TemplateSyntaxError as error:
            raise ReportError(f"{error.filename or error.name or name}:{error.lineno}: {error.message}") from error
        except UnicodeDecodeError as error:
            raise ReportError(f"{name}, or a template that it includes: is not UTF-8: save it as UTF-8") from error
        except FAULTS as error:
            place = self._place(error)
            if place is None and not isinstance(error, TemplateError):
                raise
            raise ReportError(f"{place or name}: {error}") from error

    def source(self, name: str) -> str:
        """A file of the folders as it is: a style sheet or a script.

        Raises:
            ReportError: there is no such file, or it would end the element that holds it.
        """
        for folder in self._folders:
            if (path := folder / name).is_file():
                text = _read(path)
                if "</" in text or "<!--" in text:
                    raise ReportError(f"{path}: must not hold `</` or `<!--`: write `<\\/` in a string instead")
                return text
        raise ReportError(f"{name}: not found in {', '.join(map(str, self._folders)) or 'no folder of templates'}")

    def _place(self, error: BaseException) -> str | None:
        """Where in a template the error was raised: the last frame, if it is a template's."""
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _machinery(frame.filename)]
        last = frames[-1] if frames else None
        if last is None or not any(Path(last.filename).is_relative_to(folder) for folder in self._folders):
            return None
        return f"{last.filename}:{last.lineno}"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(f"{path}: cannot be read as UTF-8: {error}") from error


def _machinery(filename: str) -> bool:
    return filename == __file__ or "jinja2" in Path(filename).parts or "markupsafe" in Path(filename).parts


def _printable(value: object) -> object:
    """What may be printed: text with nothing hidden in it. A value that is not there is a mistake, not ``None``."""
    if value is None:
        raise TypeError("a value that may be absent is printed: test for it first")
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
