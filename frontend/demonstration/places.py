"""Where the demonstration plays: the fictional borough of Tidewell, its towns and streets.

No postcode area is called ZZ, the domains end in ``.example`` (reserved by RFC 2606), the authority's code, the
URNs and the UKPRNs lie outside the ranges that are in use.
"""

import re
import unicodedata
import zlib
from collections.abc import Sequence
from typing import TypeVar

from marketplace.organisations.services.registry import Address

T = TypeVar("T")

AREA = "Tidewell"
COUNTY = "Wellshire"
AUTHORITY_CODE, AUTHORITY_NAME = "990", "Tidewell Borough Council"
NEIGHBOUR_CODE, NEIGHBOUR_NAME = "991", "Harrowmere County Council"
OVERSEAS_CODE, OVERSEAS_NAME = "992", "British schools overseas"

TOWNS = {
    "T": "Tidewell",
    "M": "Marrambridge",
    "P": "Pellow Cross",
    "W": "Withyfen",
    "N": "Netherquay",
    "S": "Sandlowe",
    "B": "Breckhythe",
    "O": "Osierholt",
    "H": "Harrowmere",
}
_STREETS = (
    "Harbour Road", "Saltpan Lane", "Mill Rise", "Church Lane", "Lantern Street", "Ropewalk", "Chandlers Way",
    "Orchard Close", "Quayside", "Fullers Hill", "Victoria Avenue", "Beacon View", "Dovecote Lane", "Station Road",
    "Gulls Way", "Tanners Row", "Wharf Street", "Long Meadow", "Cobblers End", "Lime Grove", "Sluice Road",
    "Priory Fields", "Marsh Lane", "Netmakers Court", "Coopers Yard", "Alder Drive",
)  # fmt: skip


def number_of(key: str) -> int:
    """A whole number that is always the same for the same words: what stands in for chance here."""
    return zlib.crc32(key.encode())


def choose(options: Sequence[T], key: str) -> T:
    """Always the same choice for the same words."""
    return options[number_of(key) % len(options)]


def chance(percent: int, key: str) -> bool:
    """True for about ``percent`` of all keys, always the same for one key."""
    return number_of(f"chance {key}") % 100 < percent


def slug(name: str) -> str:
    """``St Thérèse's School`` → ``st-thereses-school``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def address_in(town: str, key: str) -> Address:
    """An invented address in a town (one letter of ``TOWNS``)."""
    number = number_of(f"address {key}")
    district = list(TOWNS).index(town) + 1
    inward = f"{number % 9 + 1}{'ABDEFGHJLN'[number // 9 % 10]}{'PQRSTUWXYZ'[number // 90 % 10]}"
    return Address(
        street=f"{number // 900 % 120 + 1} {choose(_STREETS, key)}",
        town=TOWNS[town],
        county=COUNTY,
        postcode=f"ZZ{district} {inward}",
    )
