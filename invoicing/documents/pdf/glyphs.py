"""Which characters the documents' typeface can draw, and what stands on paper for the others.

A PDF/A file may not contain a character without a glyph, and typst refuses to write one. A name such as
"Zoë 中文" is kept as it was typed everywhere else; on paper each character that Roboto cannot draw becomes
``SUBSTITUTE``, so that a reader sees that something stands there.
"""

import struct
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import font_roboto

FONT_DIRECTORY = Path(font_roboto.__file__).parent / "files"
FACES = ("Roboto-Regular.ttf", "Roboto-Bold.ttf")  # the two that the templates use
SUBSTITUTE = "\ufffd"  # the question mark in a diamond: one for one, and never what somebody typed
BREAK_HERE = "\u200b"  # in the data only: the templates turn it into a place where a line may end
_WIDEST = 38  # the width, in ordinary letters, of a word that every column of text holds
_CHUNK = 6  # characters of a wider word that stay together


@cache
def drawable() -> frozenset[int]:
    """The code points that every face in use has a glyph for, read once from the fonts' own tables."""
    tables = [_code_points((FONT_DIRECTORY / face).read_bytes()) for face in FACES]
    return frozenset(set.intersection(*tables))


def printable(text: str, *, widest: int = _WIDEST) -> str:
    """``text`` as it can be set: composed, on one line, each character without a glyph replaced.

    Hyphens and spaces that Roboto lacks become plain ones; joiners, direction marks and variation selectors
    draw nothing and are left out; a word wider than ``widest`` ordinary letters may break every few characters.
    """
    composed = unicodedata.normalize("NFC", text)
    drawn = "".join(_drawn(char) for char in composed)
    return " ".join(_may_break(word, widest) for word in drawn.split(" "))


def printable_values(value: Any) -> Any:
    """The same structure of lists and dictionaries with every text in it made printable; keys stay."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: printable_values(part) for key, part in value.items()}
    if isinstance(value, list):
        return [printable_values(part) for part in value]
    return value


@lru_cache(maxsize=4096)
def _drawn(char: str) -> str:
    category = unicodedata.category(char)
    if char in "\t\n\r\u2028\u2029" or category == "Zs":
        return char if char == "\u00a0" else " "
    if category == "Cf" or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef":
        return ""
    if char in "\u2010\u2011":
        return "-"
    # Private characters may have a glyph, but no meaning that PDF/A-3a could record.
    if category in ("Cc", "Cs", "Co", "Cn") or ord(char) not in drawable():
        return SUBSTITUTE
    return char


def _may_break(word: str, widest: int) -> str:
    # Capitals and the few wide small letters take about one and a half times an ordinary letter.
    wide = sum(1 for char in word if char.isupper() or char in "mw@%—…" or char == SUBSTITUTE)
    if len(word) + wide // 2 <= widest:
        return word
    return BREAK_HERE.join(word[start : start + _CHUNK] for start in range(0, len(word), _CHUNK))


def _code_points(font: bytes) -> set[int]:
    """Code points of an OpenType font that lead to a glyph: its Unicode ``cmap`` of format 12.

    Source: OpenType specification, "cmap". Refuses a font without such a table.
    """
    tables = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4s4xI", font, 12 + 16 * index) for index in range(tables))
    cmap = next(offset for tag, offset in records if tag == b"cmap")
    for index in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        table = cmap + struct.unpack_from(">4xI", font, cmap + 4 + 8 * index)[0]
        if struct.unpack_from(">H", font, table)[0] == 12:
            return _format_12(font, table)
    raise ValueError("The font has no Unicode character table of format 12.")


def _format_12(font: bytes, table: int) -> set[int]:
    found: set[int] = set()
    for group in range(struct.unpack_from(">I", font, table + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", font, table + 16 + 12 * group)
        found.update(point for point in range(first, last + 1) if glyph + point - first)
    return found
