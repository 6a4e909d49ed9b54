"""Why a payment batch does not move."""

from marketplace.core.errors import DomainError


class NothingToPay(DomainError):
    """No provider is due anything that may be paid."""

    code = "nothing_to_pay"


class BatchMoved(DomainError):
    """The batch is in another state by now."""

    code = "batch_moved"


class BatchChanged(DomainError):
    """What would be paid is not what was read or approved."""

    code = "batch_changed"


class SamePerson(DomainError):
    """Prepared, approved and released by three people, whatever logins they have."""

    code = "same_person"


class PayeeChanged(DomainError):
    """An account is not in force any more, or a payment is held by now; ``detail`` names the providers."""

    code = "payee_changed"


class SentAlready(DomainError):
    """A batch leaves once; nothing is sent again while it is not known whether the bank took the first file."""

    code = "sent_already"


class NotOnItsWay(DomainError):
    """Only a payment that is on its way can be confirmed, rejected or returned."""

    code = "not_on_its_way"
