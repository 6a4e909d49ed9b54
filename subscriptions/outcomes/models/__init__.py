"""What the outcome engine keeps: contracts in versions, what is claimed and decided, statements."""

from subscriptions.outcomes.models.claiming import ContractPerson, Evidence, MeasuredFact, Submission
from subscriptions.outcomes.models.contracts import ContractVersion, OutcomeContract
from subscriptions.outcomes.models.parts import Band, Measure, Milestone, OutcomeItem
from subscriptions.outcomes.models.statements import (
    Clawback,
    OutcomeAccrual,
    Statement,
    StatementLine,
    StatementMove,
    VolumeReturn,
)

__all__ = [
    "Band",
    "Clawback",
    "ContractPerson",
    "ContractVersion",
    "Evidence",
    "Measure",
    "MeasuredFact",
    "Milestone",
    "OutcomeAccrual",
    "OutcomeContract",
    "OutcomeItem",
    "Statement",
    "StatementLine",
    "StatementMove",
    "Submission",
    "VolumeReturn",
]
