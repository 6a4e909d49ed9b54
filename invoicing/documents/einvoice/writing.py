"""The small change of UBL: elements, amounts, dates and text that XML accepts. Pure."""

import re
from datetime import date
from decimal import Decimal

from lxml import etree

from marketplace.core.money import plain_pounds

BASIC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
AGGREGATE = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
ROOTS = {
    "Invoice": "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    "CreditNote": "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
}
CURRENCY = "GBP"
SUBSTITUTE = "\ufffd"  # the question mark in a diamond, as on paper
NOTHING = "–"  # where a rule asks for a text and none was given

# Extensible Markup Language (XML) 1.0, fifth edition, production 2 "Char".
_REFUSED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def readable(text: str) -> str:
    """``text`` on one line, each character that XML refuses replaced by ``SUBSTITUTE``, so that a reader sees the gap."""
    return " ".join(_REFUSED.sub(SUBSTITUTE, text).split())


def root(name: str) -> etree._Element:
    """An empty ``Invoice`` or ``CreditNote``."""
    return etree.Element(f"{{{ROOTS[name]}}}{name}", nsmap={None: ROOTS[name], "cac": AGGREGATE, "cbc": BASIC})


def group(parent: etree._Element, name: str) -> etree._Element:
    """A new aggregate at the end of ``parent``."""
    return etree.SubElement(parent, f"{{{AGGREGATE}}}{name}")


def say(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    """A text at the end of ``parent``. Nothing where there is no text: an empty element says nothing and is refused."""
    if said := readable(text):
        etree.SubElement(parent, f"{{{BASIC}}}{name}", attributes).text = said


def say_required(parent: etree._Element, name: str, text: str) -> None:
    """A text that a rule asks for; ``NOTHING`` where there is none."""
    say(parent, name, readable(text) or NOTHING)


def say_amount(parent: etree._Element, name: str, pence: int) -> None:
    """Pounds with two decimals from whole pence."""
    say(parent, name, plain_pounds(pence), currencyID=CURRENCY)


def say_date(parent: etree._Element, name: str, day: date | None) -> None:
    if day is not None:
        say(parent, name, day.isoformat())


def plain_number(number: Decimal) -> str:
    """ "2.5", "-1", "1000": no exponent, no zeros that say nothing."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def serialised(element: etree._Element) -> bytes:
    """UTF-8 with a declaration and indentation: the same bytes for the same elements."""
    return bytes(etree.tostring(element, xml_declaration=True, encoding="UTF-8", pretty_print=True))
