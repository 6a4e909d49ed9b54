"""Where a document stands for the person who pays it."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from frontend.buying import Buyer, receivers_for
from invoicing.documents.models import Document
from invoicing.queries import documents_for
from invoicing.receivables.standing import Standing, standing_in, standing_of, with_figures
from marketplace.core.actors import Actor


def documents_of(buyer: Buyer, actor: Actor) -> QuerySet[Document]:
    """Documents invoiced to the buyer or, for a trust, to its schools; with the figures of what is owed and settled."""
    own = [one.pk for one in receivers_for(buyer, actor)]
    return with_figures(documents_for(actor).filter(customer_id__in=own))


def narrowed(documents: QuerySet[Document], show: str, on: date) -> QuerySet[Document]:
    """The documents of one state; anything else shows all."""
    if show == "credit_notes":
        return documents.filter(kind=Document.Kind.CREDIT_NOTE)
    return standing_in(documents, Standing(show), on) if show in list(Standing) else documents


def state_of(document: Any, on: date) -> str:
    """The word of the tag for a document of ``documents_of``."""
    return "issued" if document.kind == Document.Kind.CREDIT_NOTE else standing_of(document, on).words
