"""botocore's parsers, with two differences: timestamps become text, and an answer of the wrong shape is malformed."""

from __future__ import annotations

from typing import Any, Final

from botocore.parsers import ResponseParserError, ResponseParserFactory

from grc.collect.aws.timestamps import rfc3339

WRONG_SHAPE: Final = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
"""What botocore's parsers raise when a member is missing or of another type."""


class Parsers(ResponseParserFactory):  # type: ignore[misc]
    """Makes a session's parsers; registered as its component ``response_parser_factory``."""

    def __init__(self) -> None:
        super().__init__()
        self.set_parser_defaults(timestamp_parser=timestamp)

    def create_parser(self, protocol_name: str) -> Any:
        """The parser of a protocol."""
        return _Parser(super().create_parser(protocol_name))


class _Parser:
    """One parser, whose only failure is ``ResponseParserError``."""

    def __init__(self, parser: Any) -> None:
        self._parser = parser

    def parse(self, response: Any, shape: Any) -> Any:
        try:
            return self._parser.parse(response, shape)
        except WRONG_SHAPE as error:
            raise ResponseParserError(f"the answer has not the shape of its operation: {error}") from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)


def timestamp(value: Any) -> str | None:
    """A timestamp as RFC 3339 text; an empty element holds none.

    Raises:
        ValueError: this is not a timestamp.
    """
    return None if value == "" else rfc3339(value)
