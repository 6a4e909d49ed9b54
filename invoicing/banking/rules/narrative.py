"""What a payment's narrative says: document numbers that lost their noughts, spaces and letters, and a payer's name.

Banks cut and capitalise names, and put times, dates, sort codes and references of their own into the same cell.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

SIMILAR = 85
"""From this score, of 100, a narrative is taken to name a payer."""

_MONTHS = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_NOISE = re.compile(
    rf"\b\d{{1,2}} ?(?:{_MONTHS})[A-Z]*(?: ?\d{{2,4}})?\b|\b\d{{1,2}}/\d{{1,2}}/\d{{2,4}}\b"  # dates
    r"|\b\d{1,2}:\d{2}(?::\d{2})?\b|\b\d{2}-\d{2}-\d{2}\b"  # times, sort codes
)
_TOKEN = re.compile(r"[A-Z]+|[0-9]+")
_CREDIT_WORDS = {"CN", "CRN", "CR", "CREDIT", "CREDITNOTE"}
_INVOICE_WORDS = {"INV", "INVS", "INVOICE", "INVOICES", "NV", "IN"}
_NUMBER_WORDS = {"NO", "NOS", "NUM", "NR", "NUMBER", "NUMBERS"}
_OURS = {"INV", "CN", "OLD"}
_REQUEST_WORD = "PRQ"
_LONGEST_PREFIX = 6
_PRINTED_DIGITS = 6
_SHORTEST_BARE = 3
_LONGEST_RUN = 600  # digits: a hundred numbers run together

_GENERIC_WORDS = (
    "THE OF AND FOR AT A SCHOOL SCHOOLS SCH PRIMARY SECONDARY INFANT INFANTS JUNIOR NURSERY ACADEMY ACADEMIES ACAD"
    " COLLEGE TRUST MULTI MAT CHURCH ENGLAND CE COFE RC CATHOLIC ROMAN VOLUNTARY AIDED CONTROLLED COMMUNITY SPECIAL"
    " HIGH GRAMMAR FEDERATION COUNCIL BOROUGH COUNTY CITY METROPOLITAN DISTRICT LONDON BC MBC CC DC LBC LB LA LTD"
    " LIMITED LLP CIC PLC SAINT ST INV INVS INVOICE INVOICES CN CREDIT NOTE NO REF REFERENCE REMIT REMITTANCE PAYMENT"
    " PAYMENTS PAY BACS BGC FPI FP TFR CHAPS VIA MOBILE"
)
_GENERIC = frozenset(_GENERIC_WORDS.split())


@dataclass(frozen=True)
class Named:
    """Numbers of open documents that a narrative names. ``plain`` holds those that could be a number by chance:
    neither after a word such as INV nor written with all its noughts."""

    invoices: tuple[int, ...]
    credits: tuple[int, ...]
    plain: frozenset[int]
    requests: tuple[int, ...] = ()


def number_key(number: str) -> int:
    """The number of a document as a whole number, for comparing: ``INV-001187`` → 1187.

    One of a series of its own (a payment request, what is sold in a supplier's name) is far above all of our invoices, so
    that FEN-000001 is never taken for INV-000001.
    """
    return _series(number.partition("-")[0].upper()) + int("".join(char for char in number if char.isdigit()) or "0")


def _series(letters: str) -> int:
    """What is added to the numbers of a series that is not ours: nothing for words that begin none."""
    if letters in _OURS or not 2 <= len(letters) <= _LONGEST_PREFIX or not letters.isalpha():
        return 0
    return int.from_bytes(letters.encode(), "big") * 10**18


def numbers_named(
    text: str, *, invoices: Collection[int], credits: Collection[int], requests: Collection[int] = ()
) -> Named:
    """The open documents named in a text, each once, in the order of the text.

    ``INV1187``, ``inv 0001187``, ``INV-001187/001190`` and a bare ``1187`` are read; a bare number of one or two digits
    is not, nor are dates, times and sort codes. Digits that ran together are read six by six when each is a known number.
    The number after PRQ is a payment request's and never an invoice's.
    """
    found: dict[tuple[str, int], bool] = {}
    word = ""
    fresh = False  # whether the word stands right before the number
    for token in _TOKEN.findall(_NOISE.sub(" ", text.upper())):
        if not token.isdigit():
            word, fresh = (word, fresh) if token in _NUMBER_WORDS else (token, True)
            continue
        if len(token) > _LONGEST_RUN:
            continue
        if word == _REQUEST_WORD and ((key := _series(word) + int(token)) in requests or fresh):
            fresh = False
            if key in requests:
                found["request", key] = True
            continue
        credit = word in _CREDIT_WORDS and (fresh or int(token) in credits)  # "CN31 1187": the second may be an invoice
        fresh = False
        known, kind = (credits, "credit") if credit else (invoices, "invoice")
        for piece in _pieces(token, known):
            key = int(piece)
            of_series = _series(word) + key
            if of_series != key and of_series in known:
                found[kind, of_series] = True
                continue
            said = credit or word in _INVOICE_WORDS or len(piece) == _PRINTED_DIGITS
            if key in known and (said or len(str(key)) >= _SHORTEST_BARE):
                found[kind, key] = found.get((kind, key), False) or said
    return Named(
        invoices=tuple(key for kind, key in found if kind == "invoice"),
        credits=tuple(key for kind, key in found if kind == "credit"),
        plain=frozenset(key for (kind, key), said in found.items() if kind == "invoice" and not said),
        requests=tuple(key for kind, key in found if kind == "request"),
    )


def _pieces(digits: str, known: Collection[int]) -> list[str]:
    if len(digits) > _PRINTED_DIGITS and len(digits) % _PRINTED_DIGITS == 0:
        pieces = [digits[i : i + _PRINTED_DIGITS] for i in range(0, len(digits), _PRINTED_DIGITS)]
        if all(int(piece) in known for piece in pieces):
            return pieces
    return [digits] if len(digits) <= 18 else []


def reference_named(text: str, reference: str) -> bool:
    """Whether a text holds a payer's own reference (a purchase order of four characters or more), spaces and marks apart."""
    wanted = _letters_and_digits(reference)
    return len(wanted) >= 4 and wanted in _letters_and_digits(text)


def _letters_and_digits(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def distinctive(text: str) -> list[str]:
    """The words of a name or narrative that tell payers apart: no digits, nothing that half of all schools are called."""
    plain = _NOISE.sub(" ", text.upper().replace("'", "").replace("’", ""))
    tokens = re.split(r"[^A-Z0-9]+", plain)
    return [token for token in tokens if len(token) > 1 and token.isalpha() and token not in _GENERIC]


def likeness(name: Iterable[str], narrative: Collection[str]) -> float:
    """0 to 100: how well each distinctive word of a name is found in a narrative, longer words counting more.

    A word that the bank cut off after four letters or more counts as found, and one that lost its space.
    """
    total = found = 0.0
    for word in name:
        total += len(word)
        found += len(word) * max((_same(word, other) for other in narrative), default=0.0)
    return found / total if total else 0.0


def _same(word: str, other: str) -> float:
    if len(other) >= 4 and word.startswith(other):
        return 100.0
    if len(word) >= 5 and word in other:
        return 100.0
    score = fuzz.ratio(word, other)
    return score if score >= 75 else 0.0
