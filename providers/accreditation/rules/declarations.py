"""What a provider declares when it applies, and the agreement that both sides sign. The words are stored as they stood."""

DECLARATIONS = {
    "true": "What is said in this application is true.",
    "police": "The consultant has told us of every conviction and caution that is not protected.",
    "barred": "The consultant is not barred from work with children, and is not prohibited from teaching.",
    "safeguarding": "The consultant has read part one of Keeping Children Safe in Education and will report concerns.",
    "interests": "Every close link to a school or to the partnership has been declared.",
    "data": "The consultant names no pupil in anything written on this platform.",
}

AGREEMENT = (
    "{provider} agrees with {partnership} that {consultant} works in schools through the partnership to its standards "
    "of quality and safeguarding; that every document shown is kept in date; that visits are written up within five "
    "working days; and that the partnership may pause bookings while something is clarified. The partnership agrees to "
    "list {consultant}, to pass on requests of schools, and to pay what schools agreed on its payment days."
)


def agreement_text(*, provider: str, consultant: str, partnership: str) -> str:
    """The agreement with its names."""
    return AGREEMENT.format(provider=provider, consultant=consultant, partnership=partnership)
