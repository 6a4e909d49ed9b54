"""The budget codes under which schools report what is sold, as they hold since the latest change of the return."""

from datetime import date

from catalogue.models import BudgetCode, Offer

# The consistent financial reporting return split ICT into seven codes from the year 2024 to 2025.
SINCE = date(2024, 4, 1)
CODES = (
    ("Training: a place, a day in school, a qualification", "E09", "BAE090", Offer.Kind.COURSE),
    ("Consultant for curriculum or school improvement", "E27", "BAE230", Offer.Kind.CONSULTANCY),
    ("Advice on HR, finance, law or premises; clerking", "E28a", "BAE300", Offer.Kind.SERVICE),
    ("Learning resources, not ICT", "E19", "BAE200", Offer.Kind.RESOURCE),
    ("Support for ICT", "E20G", "BAE210", ""),
    ("Broadband", "E20A", "BAE210", ""),
    ("Software for the curriculum", "E20C", "BAE210", ""),
    ("Software for management or finance", "E20D", "BAE280", ""),
    ("Office supplies and subscriptions", "E22", "BAE280", ""),
    ("Agency supply teachers", "E26", "BAE240", ""),
    ("Catering", "E25", "BAE250", ""),
    ("Cleaning", "E14", "BAE130", ""),
    ("Building maintenance", "E12", "BAE120", ""),
)


def seed_budget_codes() -> None:
    """Adds the codes that are not there yet; what somebody changed or ended stays. Safe to run at any time."""
    known = set(BudgetCode.objects.values_list("sold", flat=True))
    BudgetCode.objects.bulk_create(
        [
            BudgetCode(sold=sold, cfr_code=cfr, aar_code=aar, for_kind=kind, valid_from=SINCE)
            for sold, cfr, aar, kind in CODES
            if sold not in known
        ],
        ignore_conflicts=True,
    )
