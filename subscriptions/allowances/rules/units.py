"""In what an allowance is counted, and how a number of it is said."""

from enum import StrEnum


class Unit(StrEnum):
    """A day is two half days, so that every number is a whole one."""

    PLACE = "place"
    HALF_DAY = "half_day"
    DOWNLOAD = "download"

    @property
    def words(self) -> str:
        return {"place": "Places", "half_day": "Consultant days", "download": "Downloads"}[self.value]

    @property
    def asked(self) -> str:
        """What a form asks a number of."""
        return {"place": "Places", "half_day": "Half days", "download": "Downloads"}[self.value]


def amount(units: int, unit: str) -> str:
    """The number alone: 5 half days are ``2½``."""
    if unit != Unit.HALF_DAY:
        return f"{units:,}"
    sign, days = ("−" if units < 0 else ""), abs(units) // 2
    half = "½" if units % 2 else ""
    return f"{sign}{days:,}{half}" if days or not half else f"{sign}½"


def counted(units: int, unit: str, of: str = "") -> str:
    """``3 Gold places``, ``1 place``, ``2½ Gold days``, ``½ day``."""
    noun = {Unit.PLACE: "place", Unit.HALF_DAY: "day", Unit.DOWNLOAD: "download"}[Unit(unit)]
    one = units == 1 if unit != Unit.HALF_DAY else units in (1, 2)
    return " ".join(part for part in (amount(units, unit), of, noun if one else f"{noun}s") if part)


def is_one(units: int, unit: str) -> bool:
    """Whether a sentence about so many says "is" and "lapses"."""
    return units in (1, 2) if unit == Unit.HALF_DAY else units == 1
