"""What is required, as the partnership begins with it. An idempotent seed: what stands is left as it is."""

from django.db import transaction

from providers.accreditation.models import Requirement

DBS, REFERENCES = "dbs", "references"
_HOLDER, _FILE = Requirement.Holder, Requirement.File
PERSON, FIRM = _HOLDER.CONSULTANT, _HOLDER.PROVIDER

# code, label, whose, months, file, number?, required?, words. After Keeping Children Safe in Education, part three.
REQUIREMENTS = [
    ("identity", "Identity", PERSON, None, _FILE.ALLOWED, False, True,
     "A passport or driving licence that we saw. Send a scan, or show it on a call."),
    ("right-to-work", "Right to work", PERSON, None, _FILE.ALLOWED, False, True,
     "A British or Irish passport, or a share code that we checked."),
    (DBS, "Enhanced DBS check", PERSON, 36, _FILE.NEVER, True, True,
     "Type, number, date and decision of the certificate. We keep no copy."),
    ("safeguarding", "Safeguarding training", PERSON, 24, _FILE.NEEDED, False, True,
     "The certificate of a course taken in the last two years."),
    (REFERENCES, "References", PERSON, None, _FILE.ALLOWED, False, True,
     "Two people who know the work. We write to them when you apply."),
    ("quality-review", "Quality review", PERSON, 12, _FILE.ALLOWED, False, True,
     "Somebody of ours watches or reads a piece of work once a year."),
    ("public-liability", "Public liability insurance", FIRM, 12, _FILE.NEEDED, True, True,
     "The certificate, with the policy number, for £5 million or more."),
    ("professional-indemnity", "Professional indemnity insurance", FIRM, 12, _FILE.NEEDED, True, True,
     "The certificate, with the policy number, for £1 million or more."),
    ("barred-list", "Children’s barred list", PERSON, None, _FILE.NEVER, False, False,
     "Only where the work is regulated activity."),
    ("prohibition", "Prohibition from teaching", PERSON, 12, _FILE.NEVER, False, False,
     "Checked with the Teaching Regulation Agency."),
    ("section-128", "Section 128 direction", PERSON, 12, _FILE.NEVER, False, False,
     "Only for those who take part in managing a school."),
    ("overseas", "Checks overseas", PERSON, None, _FILE.ALLOWED, False, False,
     "Where somebody lived or worked abroad."),
    ("qualifications", "Qualifications", PERSON, None, _FILE.ALLOWED, False, False,
     "Teacher status and what else the work asks for."),
]  # fmt: skip


@transaction.atomic
def seed_requirements() -> list[Requirement]:
    """Adds the requirements that are missing, and returns all of them in their order."""
    for position, (code, label, holder, months, file, number, required, words) in enumerate(REQUIREMENTS, start=1):
        Requirement.objects.get_or_create(
            code=code,
            defaults={
                "label": label, "holder": holder, "months": months, "file": file, "needs_number": number,
                "required": required, "words": words, "position": position,
            },
        )  # fmt: skip
    return list(Requirement.objects.order_by("position"))
