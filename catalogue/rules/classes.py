"""The price classes: for whom a row of the price list holds."""

from enum import IntEnum


class PriceClass(IntEnum):
    """Whole numbers, so that PostgreSQL can keep the dates of one class from overlapping.

    ``ANY`` is a row for everybody who has no row of their own class; nobody *is* of class ``ANY``. ``LA_FUNDED`` is for
    those whose local authority pays for them, ``OUT_OF_AREA`` for those outside the partnership's area.
    """

    ANY = 0
    MEMBER = 1
    ASSOCIATE = 2
    NON_MEMBER = 3
    OUT_OF_AREA = 4
    LA_FUNDED = 5

    @property
    def words(self) -> str:
        return _WORDS[self]

    @property
    def one(self) -> str:
        """One of the class, with its article: "an associate", "an LA-funded buyer"."""
        word = f"{self.words} buyer" if self in (PriceClass.OUT_OF_AREA, PriceClass.LA_FUNDED) else self.words
        return f"{'an' if word[0] in 'aoL' else 'a'} {word}"

    @property
    def code(self) -> str:
        return self.name.lower()

    @classmethod
    def choices(cls) -> list[tuple[int, str]]:
        return [(int(member), member.words) for member in cls]

    @classmethod
    def of_buyers(cls) -> list["PriceClass"]:
        """The classes that a buyer can be of: all but ``ANY``."""
        return [member for member in cls if member is not cls.ANY]

    @classmethod
    def of_code(cls, code: str) -> "PriceClass | None":
        """The class of that code (``non_member``), in small or capital letters; None where there is none."""
        return cls.__members__.get(code.strip().upper().replace("-", "_").replace(" ", "_"))


_WORDS = {
    PriceClass.ANY: "everybody",
    PriceClass.MEMBER: "member",
    PriceClass.ASSOCIATE: "associate",
    PriceClass.NON_MEMBER: "non-member",
    PriceClass.OUT_OF_AREA: "out-of-area",
    PriceClass.LA_FUNDED: "LA-funded",
}
