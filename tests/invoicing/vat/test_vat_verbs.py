"""Rules and facts are dated, added and ended; what was decided by them stays."""

from datetime import date
from typing import Any

import pytest
from django.db import Error, IntegrityError, transaction

from invoicing.services import add_vat_rule, end_vat_rule, pin_vat_rule, seed_vat_rules, set_vat_facts
from invoicing.vat.models import VatBox, VatFacts, VatReason, VatRule
from invoicing.vat.rules.deciding import NO_SUPPLY
from invoicing.vat.rules.kinds import Question, Standing, SupplyKind
from invoicing.vat.seeding import RULES
from invoicing.vat.standing import ground_for
from invoicing.vat.verbs import VatFactsOverlap, VatRuleEnded, VatRuleOverlaps
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation
from tests.conftest import finance
from tests.invoicing.books import run_sql
from tests.statements import sent

pytestmark = pytest.mark.django_db
APRIL = date(2027, 4, 1)


@pytest.fixture
def manager(partnership: Organisation) -> Actor:
    return finance(partnership, Role.FINANCE_MANAGER, 9002)


def cut_rate(actor: Actor, **more: Any) -> VatRule:
    given: dict[str, Any] = {
        "question": Question.LIABILITY, "category": "Z", "reason": "school crossing patrols", "source": "An Act",
        "valid_from": APRIL, "kind": SupplyKind.OTHER, "standing": Standing.REGISTERED,
    }  # fmt: skip
    return add_vat_rule(actor=actor, **{**given, **more})


def test_seeding_twice_adds_nothing_and_leaves_what_a_person_ended(partnership, manager):
    assert VatRule.objects.count() == len(RULES)
    ended = VatRule.objects.get(reason__code="seconded-teacher")
    end_vat_rule(rule=ended, valid_to=APRIL, actor=manager)
    seed_vat_rules()
    assert VatRule.objects.count() == len(RULES)
    assert VatRule.objects.get(pk=ended.pk).valid_to == APRIL


def test_a_new_rule_holds_from_its_first_day(partnership, oakfield, manager):
    rule = cut_rate(manager)

    def words(on: date) -> str:
        return ground_for(supplier=partnership, customer=oakfield, on=on).decide(SupplyKind.OTHER).sentence

    assert words(date(2027, 3, 31)) == "VAT at 20%"
    assert words(APRIL) == "VAT zero rated: school crossing patrols"
    assert VatBox.objects.get(reason=rule.reason).in_box_six
    end_vat_rule(rule=rule, valid_to=date(2027, 5, 1), actor=manager)
    assert words(date(2027, 5, 1)) == "VAT at 20%"
    assert list(Event.objects.filter(subject_kind="vat_rule").values_list("kind", flat=True).order_by("pk")) == [
        "vat_rule.added", "vat_rule.ended"
    ]  # fmt: skip


def test_two_rules_of_one_key_are_refused_on_the_same_day(manager):
    cut_rate(manager, valid_to=date(2028, 4, 1))
    with pytest.raises(VatRuleOverlaps, match="End that one first"):
        cut_rate(manager, valid_from=date(2028, 3, 31))
    assert cut_rate(manager, valid_from=date(2028, 4, 1)).reason == VatReason.objects.get(words__startswith="school cr")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"category": "X"}, "VAT category must be one of S, Z, E, O, AE, NS, not X"),
        ({"reason": " "}, "Enter reason printed on the line"),
        ({"category": "S"}, "The standard rate needs no reason"),
        ({"category": "O", "reason": "donation"}, "Say whether this reason counts in box 6"),
        ({"kind": SupplyKind.TRAVEL}, "has no rule of its own"),
        ({"source": ""}, "Enter source"),
        ({"valid_to": APRIL}, "A rule must end after it starts"),
    ],
)
def test_a_rule_that_says_too_little_is_refused(manager, changes, words):
    before = VatRule.objects.count(), VatReason.objects.count()
    with pytest.raises(WrongInput, match=words), transaction.atomic():
        cut_rate(manager, **changes)
    assert (VatRule.objects.count(), VatReason.objects.count()) == before


def test_a_reason_that_refuses_has_no_box(manager):
    rule = cut_rate(manager, category=NO_SUPPLY, reason="our own shop")
    assert not VatBox.objects.filter(reason=rule.reason).exists()


def test_only_a_finance_manager_changes_rules(partnership, oakfield):
    officer = finance(partnership)
    with pytest.raises(NotAllowed, match="You may not change VAT rules"):
        cut_rate(officer)
    with pytest.raises(NotAllowed):
        end_vat_rule(rule=VatRule.objects.all()[0], valid_to=APRIL, actor=officer)
    outsider = finance(oakfield, Role.BUYER, 9003)
    with pytest.raises(NotAllowed):
        set_vat_facts(organisation=oakfield, valid_from=APRIL, registered=True, evidence="x", actor=outsider)


def test_a_rule_ends_once_and_one_that_was_used_is_never_taken_out(manager):
    rule = cut_rate(manager)
    pin_vat_rule(rule_id=rule.pk)
    with pytest.raises(WrongInput, match="must end after its first day, 1 April 2027"):
        end_vat_rule(rule=rule, valid_to=APRIL, actor=manager)
    end_vat_rule(rule=rule, valid_to=date(2027, 5, 1), actor=manager)
    with pytest.raises(VatRuleEnded, match="has an end already"):
        end_vat_rule(rule=rule, valid_to=date(2027, 6, 1), actor=manager)


def test_a_mistaken_rule_that_nothing_used_is_taken_out(manager):
    rule = cut_rate(manager)
    end_vat_rule(rule=rule, valid_to=APRIL, actor=manager)
    assert not VatRule.objects.filter(pk=rule.pk).exists()
    assert Event.objects.filter(kind="vat_rule.taken_out", subject=str(rule.pk)).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoicing_vatrule SET source = 'Me' WHERE id = (SELECT min(id) FROM invoicing_vatrule)",
        "UPDATE invoicing_vatrule SET valid_to = '2030-01-01' WHERE valid_to IS NOT NULL",
        "UPDATE invoicing_vatrule SET used = false WHERE used",
        "DELETE FROM invoicing_vatrule WHERE used",
        "UPDATE invoicing_vatreason SET words = 'other' WHERE code = 'grant'",
        "UPDATE invoicing_vatbox SET in_box_six = NOT in_box_six",
        "DELETE FROM invoicing_vatbox",
        "UPDATE invoicing_vatfacts SET registered = false, vat_number = ''",
        "DELETE FROM invoicing_vatfacts",
        "TRUNCATE invoicing_vatfacts",
    ],
)
def test_the_database_refuses_to_rewrite_what_was_written(partnership, manager, statement):
    pin_vat_rule(rule_id=VatRule.objects.get(reason__code="grant").pk)
    set_vat_facts(organisation=partnership, valid_from=APRIL, registered=True, evidence="Certificate", actor=manager)
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(Error, match=r"never|frozen"), transaction.atomic():
        assert run_sql(statement)


def test_facts_follow_each_other_without_gap_or_overlap(oakfield, manager):
    first = set_vat_facts(organisation=oakfield, valid_from=APRIL, registered=False, evidence="Letter", actor=manager)
    second = set_vat_facts(
        organisation=oakfield, valid_from=date(2027, 9, 1), registered=True, vat_number="gb 987654321",
        evidence="Certificate", actor=manager,
    )  # fmt: skip
    first.refresh_from_db()
    assert (first.valid_to, second.valid_to, second.vat_number) == (date(2027, 9, 1), None, "GB 987654321")
    with pytest.raises(VatFactsOverlap, match="Facts from 1 September 2027 are on record"):
        set_vat_facts(
            organisation=oakfield, valid_from=date(2027, 9, 1), registered=False, evidence="Letter", actor=manager
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        VatFacts.objects.create(organisation=oakfield, valid_from=date(2028, 1, 1), registered=True, evidence="x")
    event = Event.objects.filter(kind="vat_facts.set").latest("pk")
    assert event.payload["before"]["registered"] is False and event.payload["after"]["registered"] is True


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"registered": False, "vat_number": "GB1"}, "has no VAT number"),
        ({"eligible_body": True, "private_school": True}, "A private school is not an eligible body"),
        ({"evidence": ""}, "Enter evidence"),
    ],
)
def test_facts_that_contradict_each_other_or_prove_nothing_are_refused(oakfield, manager, changes, words):
    given = {"registered": True, "evidence": "Certificate"} | changes
    with pytest.raises(WrongInput, match=words), transaction.atomic():
        set_vat_facts(organisation=oakfield, valid_from=APRIL, actor=manager, **given)
    assert not VatFacts.objects.exists()


def test_reading_a_ground_takes_one_query_however_many_decisions(partnership, oakfield):
    with sent() as statements:
        ground = ground_for(supplier=partnership, customer=oakfield, on=APRIL)
        for _ in range(50):
            ground.decide(SupplyKind.OTHER)
    assert len(statements) == 1
