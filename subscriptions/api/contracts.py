"""The contract register: what an organisation has agreed for a term with us and with others."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import query_of
from marketplace.core.actors import BUYING
from marketplace.core.api.binary import TakesFiles
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.api.contract_shapes import (
    ContractDecisionRequest,
    ContractDocumentRequest,
    ContractDocumentRow,
    ContractEndRequest,
    ContractPage,
    ContractSerializer,
    ContractsQuery,
    ContractTermsRequest,
    NewContractRequest,
)
from subscriptions.models import ContractDocument, OutsideContract
from subscriptions.register.documents import add_document
from subscriptions.register.entries import Choice, Entry, contract_for, entry_of, register_of
from subscriptions.register.people import owners_of
from subscriptions.register.services import (
    ContractTerms,
    add_outside_contract,
    change_outside_contract,
    decide_notice,
    end_outside_contract,
)

PAGE = 50
_EARLY = date(1900, 1, 1)


def _row(one: Entry) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "number": one.number,
        "organisation": one.organisation.number,
        "supplier": one.supplier,
        "title": one.title,
        "cfr_codes": list(one.categories),
        "year_pence": one.year_pence,
        "whole_term_net_pence": one.whole.net.pence,
        "whole_term_vat_pence": one.whole.vat.pence,
        "whole_term_gross_pence": one.whole.gross.pence,
        "term_from": one.term.start,
        "term_to": one.term.end,
        "runs_to": one.runs_to,
        "notice_by": one.notice_by,
        "state": one.state,
        "decision": str(one.decision),
        "related": str(one.related),
        "declaration_missing": one.needs_declaration and not one.declared,
        "band": one.band_words,
        "quotes_needed": one.band.quotes,
        "quotes": one.quotes,
    }


def _document(one: ContractDocument) -> dict[str, Any]:
    stored = one.stored
    if stored is None:
        raise LookupError("A document that stands has its file")
    return {
        "id": one.pk, "kind": one.kind, "title": one.title, "version": one.version, "file": stored.pk,
        "name": stored.name,
        "size": stored.size, "sha256": stored.sha256, "added_on": one.added_on,
    }  # fmt: skip


class _OwnView(ApiView):
    """Contracts of organisations for which the caller buys."""

    area = "orders"

    def own(self) -> set[int]:
        return self.actor.organisations(*BUYING)

    def contract(self, number: str) -> OutsideContract:
        return contract_for(self.actor, self.own(), number)

    def body(self, one: OutsideContract) -> dict[str, Any]:
        """A contract with others as the API tells it, read anew."""
        found = self.contract(one.number)
        current = found.documents.filter(ended_on__isnull=True).select_related("stored").defer("stored__content")
        return _row(entry_of(self.actor, found, timezone.localdate())) | {
            "vat_category": found.vat_category,
            "vat_rate": str(found.vat_rate),
            "notice_weeks": found.notice_weeks,
            "renewal": found.renewal,
            "owner": found.owner_person.email if found.owner_person else "",
            "related_role": found.related_role,
            "notes": found.notes,
            "documents": [_document(document) for document in current.order_by("title")],
        }


class ContractsView(_OwnView):
    """The register."""

    @extend_schema(operation_id="contracts", parameters=[ContractsQuery], responses=ContractPage, tags=["contracts"])
    def get(self, request: Request) -> Response:
        """Contracts with us and with others that the caller's organisations have, ours first, newest first."""
        given = query_of(request, ContractsQuery)
        own = self.own()
        if "organisation" in given:
            own &= set(Organisation.objects.filter(number=given["organisation"]).values_list("pk", flat=True))
        found = register_of(self.actor, own, timezone.localdate(), _choice(given))
        rows = sorted(found, key=lambda one: (one.kind, -one.pk))
        if cursor := given.get("cursor"):
            kind, _, pk = cursor.partition("-")
            rows = [one for one in rows if (one.kind, -one.pk) > (kind, -int(pk))]
        size = given.get("page_size", PAGE)
        page, following = rows[:size], None
        if len(rows) > size:
            more = {**request.query_params.dict(), "cursor": f"{page[-1].kind}-{page[-1].pk}"}
            following = request.build_absolute_uri(f"{request.path}?{urlencode(more)}")
        return Response({"next": following, "previous": None, "results": [_row(one) for one in page]})

    @extend_schema(
        operation_id="contract_add", request=NewContractRequest, responses={201: ContractSerializer}, tags=["contracts"]
    )
    def post(self, request: Request) -> Response:
        """Enters a contract that an organisation has with another supplier."""
        given = self.read(NewContractRequest)
        organisation = Organisation.objects.filter(pk__in=self.own(), number=given["organisation"]).first()
        if organisation is None:
            raise NotFound(f"There is no organisation {given['organisation']} for which you may buy.")
        terms = _terms(given, organisation)
        made = add_outside_contract(organisation=organisation, terms=terms, on=timezone.localdate(), actor=self.actor)
        return Response(self.body(made), status=201)


class ContractView(_OwnView):
    """One contract with another supplier."""

    @extend_schema(operation_id="contract", responses=ContractSerializer, tags=["contracts"])
    def get(self, request: Request, number: str) -> Response:
        """A contract with another supplier, with its documents. One with us is read under agreements."""
        return Response(self.body(self.contract(number)))

    @extend_schema(
        operation_id="contract_change", request=ContractTermsRequest, responses=ContractSerializer, tags=["contracts"]
    )
    def patch(self, request: Request, number: str) -> Response:
        """Changes what is named and leaves the rest."""
        found = self.contract(number)
        checked = ContractTermsRequest(data=request.data, partial=True)
        checked.is_valid(raise_exception=True)
        terms = _terms({**_now(found), **checked.validated_data}, found.organisation)
        if "owner" not in checked.validated_data:
            terms = replace(terms, owner=found.owner_person)
        change_outside_contract(contract=found, terms=terms, on=timezone.localdate(), actor=self.actor)
        return Response(self.body(found))


class ContractEndView(_OwnView):
    """The early end of a contract with another supplier."""

    @extend_schema(
        operation_id="contract_end", request=ContractEndRequest, responses=ContractSerializer, tags=["contracts"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Says from which day on it no longer runs. What has ended changes no more."""
        found, given = self.contract(number), self.read(ContractEndRequest)
        end_outside_contract(contract=found, ended_on=given["ended_on"], on=timezone.localdate(), actor=self.actor)
        return Response(self.body(found))


class ContractDecisionView(_OwnView):
    """What is decided about the end of a contract with another supplier."""

    @extend_schema(
        operation_id="contract_decide",
        request=ContractDecisionRequest,
        responses=ContractSerializer,
        tags=["contracts"],
    )
    def post(self, request: Request, number: str) -> Response:
        """Notes that it is kept or that notice was given to the supplier; nobody is reminded any more."""
        found, given = self.contract(number), self.read(ContractDecisionRequest)
        decide_notice(contract=found, decision=given["decision"], on=timezone.localdate(), actor=self.actor)
        return Response(self.body(found))


class ContractDocumentsView(TakesFiles, _OwnView):
    """The documents of a contract with another supplier."""

    @extend_schema(
        operation_id="contract_document_add",
        request={"multipart/form-data": ContractDocumentRequest},
        responses={201: ContractDocumentRow},
        tags=["contracts"],
    )
    def post(self, request: Request, number: str) -> Response:
        """Adds a document, at most 10 MB, or the next version of one; what kind of file it is, its content says."""
        found, given = self.contract(number), self.read(ContractDocumentRequest)
        file = given["file"]
        made = add_document(
            contract=found, kind=given["kind"], title=given["title"], upload=file.file, name=file.name,
            on=timezone.localdate(), actor=self.actor,
        )  # fmt: skip
        return Response(_document(made), status=201)


def _choice(given: Mapping[str, Any]) -> Choice:
    ends, notice = given.get("ends_before"), given.get("notice_before")
    return Choice(
        show="all",
        ends_before=ends,
        notice_before=max(notice, _EARLY) - timedelta(days=1) if notice else None,
        category=given.get("cfr_code", ""),
        related=given.get("related", ""),
        source=given.get("kind", ""),
    )


def _now(one: OutsideContract) -> dict[str, Any]:
    """What is entered, as a request would say it."""
    same = (
        "supplier", "title", "cfr_code", "year_pence", "vat_category", "vat_rate", "term_from", "term_to",
        "notice_weeks", "renewal", "related", "related_role", "quotes", "notes",
    )  # fmt: skip
    return {name: getattr(one, name) for name in same} | {"owner": ""}


def _terms(given: Mapping[str, Any], organisation: Organisation) -> ContractTerms:
    if given["term_to"] <= given["term_from"]:
        raise WrongInput("The term must end after it begins: term_to is the day after its last")
    owner = None
    if given["owner"]:
        people = owners_of(organisation, timezone.localdate())
        owner = next((one for one in people if one.email.lower() == given["owner"].lower()), None)
        if owner is None:
            raise WrongInput("The owner must be the e-mail address of somebody who buys for the organisation")
    return ContractTerms(
        supplier=given["supplier"], title=given["title"], cfr_code=given["cfr_code"], year_pence=given["year_pence"],
        term=Period(given["term_from"], given["term_to"]), vat_category=given["vat_category"],
        vat_rate=given["vat_rate"], notice_weeks=given["notice_weeks"], renewal=given["renewal"], owner=owner,
        related=given["related"], related_role=given["related_role"], quotes=given["quotes"], notes=given["notes"],
    )  # fmt: skip
