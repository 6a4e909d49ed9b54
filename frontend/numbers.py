"""Whole numbers as a browser sends them back, in hidden fields and buttons: nothing that it can send is a fault of ours."""

MOST_DIGITS = 12


def whole(text: str | None, *, otherwise: int = 0, digits: int = MOST_DIGITS) -> int:
    """The number in plain digits, with a minus sign where it is below nought; ``otherwise`` for anything else or too long.

    >>> whole("12"), whole("-3"), whole("²"), whole("١٢"), whole("9" * 30, otherwise=-1)
    (12, -3, 0, 0, -1)
    """
    said = text or ""
    plain = said.removeprefix("-")
    return int(said) if plain.isascii() and plain.isdigit() and len(plain) <= digits else otherwise
