"""A Bacs Standard 18 file: labels of 80 characters, payments of 100 (one day) or 106 (a day on each).

Layout: Bacs, Electronic Funds Transfer, file structures (PN5011). A file is the labels VOL1, HDR1, HDR2 and UHL1, one
credit (99) for each payment, one contra (17) that debits the payer with their sum, and the labels EOF1, EOF2 and UTL1,
whose totals balance: debits = credits. Characters are A to Z, 0 to 9, full stop, ampersand, solidus, hyphen and space.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from invoicing.paying_out.rules.orders import CannotWrite, Payment, PaymentOrder

CREDIT, CONTRA = "99", "17"
MOST_PENCE = 10**11 - 1
_REFUSED = re.compile(r"[^A-Z0-9.&/ -]")


def write(order: PaymentOrder, *, a_day_each: bool = False) -> bytes:
    """The file, one record a line (CR LF), in ASCII. ``a_day_each`` writes the day into every payment.

    Refuses a file without payments, a user number that is not six digits, and an amount that has no room.
    """
    if not re.fullmatch("[0-9]{6}", order.user_number):
        raise CannotWrite("Bacs needs the service user number, six digits")
    if not order.payments or order.pence > MOST_PENCE:
        raise CannotWrite("A Bacs file holds at least one payment and at most £999,999,999.99")
    records = [*_head(order, a_day_each), *_payments(order, a_day_each), *_foot(order, a_day_each)]
    return "".join(f"{record}\r\n" for record in records).encode("ascii")


def bacs_text(text: str, width: int) -> str:
    """Text in the characters that Bacs takes, exactly ``width`` long: accents go, what is left over becomes a space."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    return _REFUSED.sub(" ", plain)[:width].ljust(width)


def julian(day: date) -> str:
    """A day as Bacs writes it: a space, two digits of the year, the day of the year."""
    return f" {day:%y%j}"


def _head(order: PaymentOrder, a_day_each: bool) -> Iterator[str]:
    serial = _serial(order)
    yield f"VOL1{serial} {'':26}{'':4}{order.user_number}{'':4}{'':28}1"
    yield f"HDR1{_section(order)}"
    yield f"HDR2{_block(a_day_each)}"
    work = "4 MULTI  " if a_day_each else "1 DAILY  "
    yield f"UHL1{julian(order.pay_on)}999999{'':4}00000000{work}001{'':40}"


def _foot(order: PaymentOrder, a_day_each: bool) -> Iterator[str]:
    yield f"EOF1{_section(order)}"
    yield f"EOF2{_block(a_day_each)}"
    yield f"UTL1{order.pence:013}{order.pence:013}{1:07}{len(order.payments):07}{'':36}"


def _section(order: PaymentOrder) -> str:
    """The rest of HDR1 and EOF1: file identifier, serial, section, creation, expiry (the day of payment at the latest)."""
    named = f"A{order.user_number}S  1{order.user_number}"
    made, ends = order.made_at.date(), max(order.pay_on, order.made_at.date())
    return f"{named}{_serial(order)}00010001{'':6}{julian(made)}{julian(ends)} 000000{'':13}{'':7}"


def _block(a_day_each: bool) -> str:
    return f"F{2120 if a_day_each else 2000:05}{106 if a_day_each else 100:05}{'':35}00{'':28}"


def _serial(order: PaymentOrder) -> str:
    """The last six letters and digits of the order's number."""
    return re.sub("[^A-Z0-9]", "", order.number.upper())[-6:].rjust(6, "0")


def _payments(order: PaymentOrder, a_day_each: bool) -> Iterator[str]:
    day = julian(order.pay_on) if a_day_each else ""
    for payment in order.payments:
        yield _credit(order, payment) + day
    payer = order.payer
    yield (
        f"{payer.sort_code}{payer.number}0{CONTRA}{payer.sort_code}{payer.number}{'':4}{order.pence:011}"
        f"{bacs_text(order.number, 18)}{'CONTRA':18}{bacs_text(payer.name, 18)}{day}"
    )


def _credit(order: PaymentOrder, payment: Payment) -> str:
    if not 0 < payment.pence <= MOST_PENCE:
        raise CannotWrite(f"{payment.payee.name} cannot be paid {payment.pence} pence")
    payee, payer = payment.payee, order.payer
    return (
        f"{payee.sort_code}{payee.number}0{CREDIT}{payer.sort_code}{payer.number}{'':4}{payment.pence:011}"
        f"{bacs_text(payer.name, 18)}{bacs_text(payment.reference, 18)}{bacs_text(payee.name, 18)}"
    )
