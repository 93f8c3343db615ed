"""Writing a stream of lines compressed, with both of its digests on the way."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Final

from grc.evidence.durable import flush_file
from grc.evidence.manifest import Content, Stored
from grc.newlines import count_lines

LEVEL: Final = 1
"""zstd's: higher ones gain little here and cost much."""


def pack(lines: bytes) -> bytes:
    """Lines as one frame, made wherever there is time for it."""
    import zstandard

    return zstandard.ZstdCompressor(level=LEVEL).compress(lines)


class LineWriter:
    """Compresses lines into a file as they come."""

    def __init__(self, path: Path) -> None:
        import zstandard

        self._file = path.open("w+b")
        self._stream = zstandard.ZstdCompressor(level=LEVEL).stream_writer(self._file, closefd=False)
        self._sha256 = hashlib.sha256()
        self._bytes = 0
        self._lines = 0

    def write(self, lines: bytes) -> None:
        """Add whole lines."""
        self._stream.write(lines)
        self._count(lines)

    def _count(self, lines: bytes) -> None:
        self._sha256.update(lines)
        self._bytes += len(lines)
        self._lines += count_lines(lines)

    def write_packed(self, packed: bytes) -> None:
        """Add whole lines that ``pack`` made smaller: as a frame of their own."""
        import zstandard

        lines = zstandard.ZstdDecompressor().decompress(packed)
        self._stream.flush(zstandard.FLUSH_FRAME)
        self._file.write(packed)
        self._count(lines)

    def close(self) -> tuple[Content, Stored]:
        """End the stream and have the disk hold it."""
        self._stream.close()  # type: ignore[no-untyped-call]  # zstandard's stubs lack it
        flush_file(self._file)
        content = Content(digest="sha256:" + self._sha256.hexdigest(), bytes=self._bytes, lines=self._lines)
        stored = self._stored()
        self._file.close()
        return content, stored

    def abandon(self) -> None:
        """Let go of the file, whatever it holds."""
        with suppress(OSError):  # a full disk, told of already
            self._file.close()

    def _stored(self) -> Stored:
        size = self._file.tell()
        self._file.seek(0)
        return Stored(digest="sha256:" + hashlib.file_digest(self._file, "sha256").hexdigest(), bytes=size)
