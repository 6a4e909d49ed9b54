"""Council contracts: lines by funding block, packages and what is drawn of them, indicators, returns, approvals."""

from subscriptions.commissions.models.contracts import Block, CouncilContract, FundingLine, HandoverStep
from subscriptions.commissions.models.packages import (
    Package,
    PackageDraw,
    PackageMovement,
    PackageOffer,
    PackageSchool,
)
from subscriptions.commissions.models.reporting import (
    Indicator,
    IndicatorMeasure,
    IndicatorReading,
    InvoiceApproval,
    QuarterReturn,
)

__all__ = [
    "Block",
    "CouncilContract",
    "FundingLine",
    "HandoverStep",
    "Indicator",
    "IndicatorMeasure",
    "IndicatorReading",
    "InvoiceApproval",
    "Package",
    "PackageDraw",
    "PackageMovement",
    "PackageOffer",
    "PackageSchool",
    "QuarterReturn",
]
