"""The claimant's desk: what is due and why not paid, a return from evidence to sending, the contract, deputies."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import ContractPerson, Evidence, OutcomeContract, Submission
from subscriptions.outcomes.services.claiming import record_measure
from subscriptions.outcomes.services.contracting import offer_contract
from tests.core.small_files import PDF
from tests.frontend.claims.conftest import Login, text_of
from tests.subscriptions.outcomes import claims
from tests.subscriptions.outcomes.claims import Cast, accepted, hub_contract, hub_draft, item, rejected, show, submitted

pytestmark = pytest.mark.django_db


def at(contract: OutcomeContract, rest: str = "") -> str:
    return f"/hub/{contract.number}{rest}"


class TestReturns:
    def test_every_amount_says_what_is_next(self, contract: OutcomeContract, cast: Cast, sign_in: Login) -> None:
        accepted(cast, contract, "30")
        page = text_of(sign_in(cast.lead).get(at(contract)))
        assert "£2,100.00 on the statement to 30 April 2027; £700.00 not earned" in page
        assert "Send it from 1 April 2027 to 31 May 2027" in page
        assert "Paid by its day, 31 August 2027: no return is needed" in page
        assert "£2,100.00" in page and "£10,400.00" in page

    def test_one_contract_opens_at_once(self, contract: OutcomeContract, cast: Cast, sign_in: Login) -> None:
        response = sign_in(cast.lead).get("/hub")
        assert response.status_code == 302 and response.url == at(contract)
        hub_contract(cast)
        assert "Reading hub" in text_of(sign_in(cast.lead).get("/hub"))
        assert "No contracts yet" in text_of(sign_in(cast.outsider).get("/hub"))

    def test_others_are_told_of_none(self, contract: OutcomeContract, cast: Cast, sign_in: Login) -> None:
        for other in (cast.outsider, cast.teacher, cast.vera):
            client = sign_in(other)
            for rest in ("", "/returns/autumn", "/statements", "/contract", "/deputies"):
                assert client.get(at(contract, rest)).status_code == 404
                assert client.post(at(contract, rest), {"do": "send"}).status_code in (404, 405)

    def test_the_lists_queries_do_not_grow(
        self, contract: OutcomeContract, cast: Cast, sign_in: Login, django_assert_max_num_queries: object
    ) -> None:
        client = sign_in(cast.lead)
        client.get(at(contract))
        submitted(cast, contract)
        with django_assert_max_num_queries(14):  # type: ignore[operator]
            assert client.get(at(contract)).status_code == 200


class TestOneReturn:
    def test_from_evidence_to_sent(self, contract: OutcomeContract, cast: Cast, sign_in: Login) -> None:
        client, address = sign_in(cast.lead), at(contract, "/returns/autumn")
        page = text_of(client.get(address))
        assert page.index("Add register.") < page.index("Send return for £2,800.00")
        assert "Enter what was achieved, in people." in page and "Do not name pupils" in page
        refused = client.post(address, {"do": "send", "claimed": "40", "words": ""})
        assert refused.status_code == 400 and "Add register." in text_of(refused)
        given = {"do": "add", "type": "register", "label": "Registers", "file": SimpleUploadedFile("r.pdf", PDF)}
        assert client.post(address, given | {"link": "", "figures": ""}).status_code == 302
        assert client.post(address, {"do": "send", "claimed": "41", "words": "All came"}).status_code == 302
        page = text_of(client.get(address))
        assert "Sent: 41 people" in page and "With the verifier, who decides by 25 January 2027" in page
        assert "Send return" not in page
        assert client.post(address, {"do": "withdraw"}).status_code == 302
        assert Submission.objects.get().state == "withdrawn"

    def test_what_the_platform_counted_is_filled_in(self, cast: Cast, sign_in: Login) -> None:
        contract = hub_contract(cast, measures=claims.measures(counts="attended"))
        for at_, people in ((7, 12), (8, 14), (9, 15)):
            record_measure(
                source_key=f"register:{at_}:1", measure=contract.measures.get(code="autumn-outputs"),
                on=date(2026, 10, at_), value=Decimal(people), label=f"Phonics, {at_} October 2026",
                actor=platform("registers"),
            )  # fmt: skip
        response = sign_in(cast.lead).get(at(contract, "/returns/autumn"))
        assert "41 attended, from your 3 registers" in text_of(response)
        assert 'value="41"' in response.content.decode()

    def test_figures_and_taking_off(self, contract: OutcomeContract, cast: Cast, sign_in: Login) -> None:
        client, address = sign_in(cast.lead), at(contract, "/returns/autumn")
        given = {"do": "add", "type": "other", "label": "Reach", "link": "", "figures": "Schools: 6\nPeople: 41"}
        assert client.post(address, given).status_code == 302
        made = Evidence.objects.get()
        assert made.facts == {"Schools": "6", "People": "41"}
        wrong = client.post(address, given | {"figures": "Ann Smith"})
        assert wrong.status_code == 400 and "a name, a colon and a figure" in text_of(wrong)
        assert client.post(address, {"do": "off", "evidence": made.pk}).status_code == 302
        assert not Evidence.objects.exists()
        assert client.post(address, {"do": "off", "evidence": made.pk}).status_code == 400

    def test_the_school_reads_why_it_was_sent_back(self, contract: OutcomeContract, cast: Cast, sign_in: Login) -> None:
        rejected(cast, contract)
        page = text_of(sign_in(cast.lead).get(at(contract, "/returns/autumn")))
        assert "Why it was sent back The register of 12 March is unsigned" in page
        assert "Vera Verifier, Moor End Primary" in page

    def test_what_lies_there_unsent_is_seen_by_its_side_alone(
        self, cast: Cast, sign_in: Login, council: Organisation
    ) -> None:
        contract = claims.council_contract(cast, council)
        show(Cast(**{**vars(cast), "lead": cast.organiser}), item(contract), label="A draft of ours")
        address = at(contract, "/returns/autumn")
        assert "A draft of ours" in text_of(sign_in(cast.organiser).get(address))
        council_page = text_of(sign_in(_with_login(claims.commissioner_of(council))).get(address))
        assert "A draft of ours" not in council_page and "Send return" not in council_page


def _with_login(actor: object) -> object:
    from marketplace.organisations.models import Person

    user = Person.objects.get(pk=actor.person_id).user_id  # type: ignore[attr-defined]
    return type("Signed", (), {"user_id": user})()


class TestContract:
    def test_the_lead_agrees_an_offer(self, cast: Cast, sign_in: Login) -> None:
        made = hub_draft(cast)
        client = sign_in(cast.lead)
        assert client.get(at(made, "/contract")).status_code == 404, "a draft is ours alone"
        offer_contract(contract=made, on=claims.BEGIN, actor=cast.organiser)
        page = text_of(client.get(at(made, "/contract")))
        assert "Agree this contract, up to £10,400.00" in page and "To agree" in page
        assert "Agree the contract Reading hub" in text_of(client.get("/"))
        assert client.post(at(made, "/contract"), {"do": "decline", "reason": ""}).status_code == 400
        assert client.post(at(made, "/contract"), {"do": "agree"}).status_code == 302
        made.refresh_from_db()
        assert made.state == "active"

    def test_a_reader_is_shown_no_button(self, cast: Cast, sign_in: Login) -> None:
        made = hub_draft(cast)
        offer_contract(contract=made, on=claims.BEGIN, actor=cast.organiser)
        client = sign_in(cast.manager)
        assert "Agree this contract" not in text_of(client.get(at(made, "/contract")))
        assert client.post(at(made, "/contract"), {"do": "agree"}).status_code == 403
        made.refresh_from_db()
        assert made.state == "offered"

    def test_statements(self, contract: OutcomeContract, cast: Cast, sign_in: Login) -> None:
        page = text_of(sign_in(cast.lead).get(at(contract, "/statements")))
        assert "September 2026 to December 2026" in page and "Not frozen yet" in page


class TestDeputies:
    def test_naming_and_ending(self, contract: OutcomeContract, cast: Cast, sign_in: Login) -> None:
        client, address = sign_in(cast.lead), at(contract, "/deputies")
        day = {"valid_from_day": "11", "valid_from_month": "1", "valid_from_year": "2027"}
        last = {"last_day_day": "", "last_day_month": "", "last_day_year": ""}
        wrong = client.post(address, {"do": "name", "email": "nobody@example.org"} | day | last)
        assert wrong.status_code == 400 and "Nobody at Elm Park Primary signs in with" in text_of(wrong)
        email = f"tom.teacher.{cast.elm.pk}@example.org"
        assert client.post(address, {"do": "name", "email": email} | day | last).status_code == 302
        assert "Tom Teacher" in text_of(client.get(address))
        tom = sign_in(cast.teacher)
        assert "Send return" in text_of(tom.get(at(contract, "/returns/autumn")))
        assert tom.get(address).status_code == 404, "a deputy names no deputy"
        deputy = ContractPerson.objects.get()
        assert client.post(address, {"do": "end", "deputy": deputy.pk}).status_code == 302
        assert tom.get(at(contract)).status_code == 404


def test_home_says_what_waits(contract: OutcomeContract, cast: Cast, sign_in: Login) -> None:
    assert "Send the return: Autumn outputs by 31 January 2027" in text_of(sign_in(cast.lead).get("/"))
    rejected(cast, contract)
    page = text_of(sign_in(cast.lead).get("/"))
    assert "Send again: Autumn outputs by 8 February 2027" in page
    assert "Sent back: The register of 12 March is unsigned" in page
    assert "Autumn outputs" not in text_of(sign_in(cast.outsider).get("/"))
