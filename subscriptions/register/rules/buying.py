"""Quotes and related parties: what a value asks of a school, as dated data with its source. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.core.wording import long_date

MOST_BANDS = 6


@dataclass(frozen=True)
class Band:
    """From this value on, whole term with VAT, so many quotes are to be had."""

    from_pence: int
    quotes: int
    words: str

    def as_json(self) -> dict[str, object]:
        return {"from_pence": self.from_pence, "quotes": self.quotes, "words": self.words}


@dataclass(frozen=True)
class BandRule:
    """The bands of a time. ``own`` says that the organisation or its trust set them."""

    valid_from: date
    bands: tuple[Band, ...]
    source: str
    own: bool = False

    def band_of(self, gross_pence: int) -> Band:
        """The band of a whole-term value with VAT."""
        return max((one for one in self.bands if one.from_pence <= gross_pence), key=lambda one: one.from_pence)

    def words_of(self, gross_pence: int) -> str:
        """ "£10,000 to £40,000": the band by its edges."""
        band = self.band_of(gross_pence)
        above = [one.from_pence for one in self.bands if one.from_pence > band.from_pence]
        if not above:
            return f"{_pounds(band.from_pence)} and above" if band.from_pence else "Any value"
        return (
            f"{_pounds(band.from_pence)} to {_pounds(min(above))}"
            if band.from_pence
            else f"Under {_pounds(min(above))}"
        )


STANDING: tuple[BandRule, ...] = (
    BandRule(
        valid_from=date(2020, 1, 1),
        bands=(
            Band(0, 1, "The price is good value; one quote is enough"),
            Band(10_000_00, 3, "Three quotes in writing"),
            Band(40_000_00, 3, "A tender or three formal quotes; look at the thresholds of public contracts"),
        ),
        source="bands of the Department for Education's guidance on buying for schools. Your own scheme comes first.",
    ),
)
"""What holds where nothing else is set, by its first day; the last that has begun counts."""


@dataclass(frozen=True)
class RelatedRule:
    """From this sum a year on an academy trust needs a declaration, and pays a related party no more than cost."""

    valid_from: date
    above_pence: int
    source: str

    def needs(self, year_pence: int) -> bool:
        return year_pence > self.above_pence


RELATED: tuple[RelatedRule, ...] = (
    RelatedRule(
        valid_from=date(2014, 9, 1),
        above_pence=2_500_00,
        source="Academy Trust Handbook, goods or services from related parties: at cost above £2,500 a year.",
    ),
)


def standing_rule(on: date) -> BandRule:
    """The bands that hold on a day where nobody set their own."""
    return max((one for one in STANDING if one.valid_from <= on), key=lambda one: one.valid_from, default=STANDING[0])


def related_rule(on: date) -> RelatedRule:
    """The rule of related parties on a day."""
    return max((one for one in RELATED if one.valid_from <= on), key=lambda one: one.valid_from, default=RELATED[0])


def bands_from_json(rows: Sequence[dict[str, object]]) -> tuple[Band, ...]:
    return tuple(Band(int(str(row["from_pence"])), int(str(row["quotes"])), str(row["words"])) for row in rows)


def _pounds(pence: int) -> str:
    return f"£{pence // 100:,}" if pence % 100 == 0 else f"£{pence // 100:,}.{pence % 100:02d}"


def rule_words(rule: BandRule) -> str:
    """Since when, and where it stands."""
    return f"{'Your own rule' if rule.own else 'The usual rule'} since {long_date(rule.valid_from)}: {rule.source}"
