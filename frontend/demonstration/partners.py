"""The partnership of the demonstration and those who deliver what it offers."""

from dataclasses import dataclass

PARTNERSHIP_STREET = ("1 Harbour Row", "Tidewell", "ZZ1 1AA")
VAT_NUMBER = "GB999999973"  # HMRC's published example number: nobody's
COUNCIL_VAT = "GB999999202"  # nobody's
RIDGEWAY_VAT = "GB999999101"  # nobody's
FINANCE_EMAIL = "finance@partnership.example"

BANK_CODE, BANK_NAME, BANK_LEDGER_ACCOUNT = "lloyds-current", "Current account", "1000"
SORT_CODE, ACCOUNT_NUMBER = "000000", "00012345"
# Accounts at other banks that no statement has come for: code, name, ledger account, form of file, account number.
FURTHER_ACCOUNTS = (
    ("barclays-current", "Barclays account", "1020", "barclays", "00023456"),
    ("camt053-current", "Council payments account", "1030", "camt053", "00034567"),
)


@dataclass(frozen=True)
class ProviderFacts:
    """Somebody who delivers courses and services; ``name`` is empty for the partnership itself."""

    code: str
    name: str
    town: str
    summary: str


PARTNERSHIP = "partnership"
PROVIDERS = [
    ProviderFacts(
        PARTNERSHIP, "", "T",
        "Our own advisers and officers: school improvement, safeguarding, governance and business services.",
    ),
    ProviderFacts(
        "meridian-hub", "Meridian Teaching School Hub", "T",
        "Training led by serving teachers: early careers, subject networks and leadership programmes.",
    ),
    ProviderFacts(
        "wellshire-university", "University of Wellshire, School of Education", "M",
        "Courses built on research, taught by lecturers who visit schools every week.",
    ),
    ProviderFacts(
        "brightledger", "Brightledger Systems Ltd", "N",
        "School finance and information systems, broadband and a help desk that answers.",
    ),
    ProviderFacts(
        "seaglass", "Seaglass Inclusion Ltd", "S",
        "Specialist teachers, therapists and psychologists for special educational needs.",
    ),
    ProviderFacts(
        "tidewell-arts", "Tidewell Music and Arts Trust", "T",
        "Instrument lessons, ensembles and artists who work with whole classes.",
    ),
]  # fmt: skip
