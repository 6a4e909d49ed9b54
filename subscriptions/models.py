"""Everything agreed for a term. Sub-packages own the models; they are gathered here for Django."""

from subscriptions.agreements.models import Agreement, AgreementLine, BillingPeriod, Suspension
from subscriptions.allowances.models import Allowance, AllowanceMovement, AllowanceUse
from subscriptions.asking.models import AskedChange
from subscriptions.desk.models import (
    DeskHours,
    DeskPromise,
    MissedPromise,
    ServiceCredit,
    Ticket,
    TicketMessage,
    TicketPause,
)
from subscriptions.membership.models import ContributionRound, ContributionShare, MemberClass, MemberEntry
from subscriptions.plans.models import Entitlement, Plan, PlanVersion
from subscriptions.purses.models import Purse, PurseDraw, PurseMember, PurseMovement
from subscriptions.register.models import ContractDocument, ContractReminder, OutsideContract, QuoteRule
from subscriptions.renewals.models import RenewalReminder
from subscriptions.shared.models import SharedCost, SharedPart, SharedParticipant, SharedShare
from subscriptions.slas.models import Acceptance, Promise, PromiseTable, ServiceTerms, TermsDocument
from subscriptions.tiers.models import Membership

__all__ = [
    "Acceptance",
    "Agreement",
    "AgreementLine",
    "Allowance",
    "AllowanceMovement",
    "AllowanceUse",
    "AskedChange",
    "BillingPeriod",
    "ContractDocument",
    "ContractReminder",
    "ContributionRound",
    "ContributionShare",
    "DeskHours",
    "DeskPromise",
    "Entitlement",
    "MemberClass",
    "MemberEntry",
    "Membership",
    "MissedPromise",
    "OutsideContract",
    "Plan",
    "PlanVersion",
    "Promise",
    "PromiseTable",
    "Purse",
    "PurseDraw",
    "PurseMember",
    "PurseMovement",
    "QuoteRule",
    "RenewalReminder",
    "ServiceCredit",
    "ServiceTerms",
    "SharedCost",
    "SharedPart",
    "SharedParticipant",
    "SharedShare",
    "Suspension",
    "TermsDocument",
    "Ticket",
    "TicketMessage",
    "TicketPause",
]
