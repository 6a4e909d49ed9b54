"""The verbs of providers, for the packages above."""

from providers.accreditation.services.access import Interested
from providers.accreditation.services.applying import (
    ApplicationIncomplete,
    ApplicationMoved,
    appeal_decision,
    declare,
    missing_of,
    name_referee,
    sign_agreement,
    start_application,
    submit_application,
    withdraw_application,
)
from providers.accreditation.services.deciding import (
    countersign,
    decide_appeal,
    decide_application,
    renew_accreditation,
)
from providers.accreditation.services.evidence import accept_evidence, give_evidence, refuse_evidence
from providers.accreditation.services.requirements import seed_requirements
from providers.accreditation.services.suspending import end_suspension, suspend
from providers.accreditation.services.vouching import (
    NoReferenceLink,
    ReferenceLinkGone,
    answer_reference,
    ask_referee_again,
    new_reference_link,
    reference_by_link,
)
from providers.calendar.absences import add_absence, remove_absence
from providers.calendar.leaving import StillBooked, end_consultant
from providers.calendar.reserving import SlotTaken, move_slot, release_slot, reserve_slot
from providers.directory.declaring import declare_expertise, declare_related_party, test_expertise
from providers.profiles.adding import add_consultant, add_provider
from providers.profiles.changing import change_profile, keeps_consultants, spare_code
from providers.rates.making import RateEnded, RateInUse, mileage_on, pin_rate, seed_mileage
from providers.rates.negotiating import (
    OwnProposal,
    ProposalClosed,
    ProposalMoved,
    ProposalOpen,
    agree_rates,
    counter_rates,
    propose_rates,
    withdraw_rates,
)

__all__ = [
    "spare_code",
    "keeps_consultants",
    "end_consultant",
    "change_profile",
    "StillBooked",
    "withdraw_application",
    "test_expertise",
    "suspend",
    "submit_application",
    "start_application",
    "sign_agreement",
    "seed_requirements",
    "renew_accreditation",
    "refuse_evidence",
    "reference_by_link",
    "new_reference_link",
    "name_referee",
    "missing_of",
    "give_evidence",
    "end_suspension",
    "declare_related_party",
    "declare_expertise",
    "declare",
    "decide_application",
    "decide_appeal",
    "countersign",
    "ask_referee_again",
    "appeal_decision",
    "answer_reference",
    "accept_evidence",
    "ReferenceLinkGone",
    "NoReferenceLink",
    "Interested",
    "ApplicationMoved",
    "ApplicationIncomplete",
    "OwnProposal",
    "ProposalClosed",
    "ProposalMoved",
    "ProposalOpen",
    "RateEnded",
    "RateInUse",
    "SlotTaken",
    "add_absence",
    "add_consultant",
    "add_provider",
    "agree_rates",
    "counter_rates",
    "mileage_on",
    "move_slot",
    "pin_rate",
    "propose_rates",
    "release_slot",
    "remove_absence",
    "reserve_slot",
    "seed_mileage",
    "withdraw_rates",
]
