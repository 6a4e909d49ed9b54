"""Proposals for money that came in: by number, by purchase order, by amount and name, by the payer's whole account."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.banking.rules.candidates import Candidates, OpenCredit, OpenItem, Payer, Proposal
from invoicing.banking.rules.matching import propose, sure
from invoicing.banking.rules.narrative import distinctive, likeness, number_key, numbers_named, reference_named
from invoicing.banking.rules.subsets import AMOUNTS, STATES, subset_of

DUE = date(2026, 10, 1)
OAKFIELD, ELM_PARK, ST_BEDE, COUNCIL, TRUST = 1, 2, 3, 50, 60
NAMES = {
    OAKFIELD: "Oakfield Primary School",
    ELM_PARK: "Elm Park Infant School",
    ST_BEDE: "St Bede's Catholic Primary School",
    COUNCIL: "Tidewell Borough Council",
    TRUST: "Kestrel Learning Trust",
}
COVERS = {COUNCIL: {COUNCIL, OAKFIELD, ELM_PARK}, TRUST: {TRUST, ST_BEDE}}


def item(pk: int, organisation: int, pence: int, *, due: date = DUE, order: str = "", number: int = 0) -> OpenItem:
    return OpenItem(pk, f"INV-{number or 1100 + pk:06d}", organisation, pence, due, order)


def credit(pk: int, organisation: int, pence: int) -> OpenCredit:
    return OpenCredit(pk, f"CN-{30 + pk:06d}", organisation, pence)


def facts(*open_: OpenItem | OpenCredit, aliases: dict[int, tuple[str, ...]] | None = None) -> Candidates:
    payers = tuple(
        Payer(pk, f"C-{pk}", name, frozenset(COVERS.get(pk, {pk})), (aliases or {}).get(pk, ()))
        for pk, name in NAMES.items()
    )
    return Candidates(
        tuple(one for one in open_ if isinstance(one, OpenItem)),
        tuple(one for one in open_ if isinstance(one, OpenCredit)),
        payers,
    )


def best(pence: int, description: str, known: Candidates, remittance: str = "") -> Proposal:
    found = propose(pence=pence, description=description, candidates=known, remittance=remittance)
    assert found, "no proposal"
    confidences = [proposal.confidence for proposal in found]
    assert confidences == sorted(confidences, reverse=True)
    return found[0]


@pytest.mark.parametrize(
    "narrative",
    [
        "OAKFIELD PRIMARY S INV-001187",
        "OAKFIELD PRIMARY INV1187",
        "oakfield inv 0001187",
        "OAKFIELD 1187",
        "INV001187",
        "NV1187 OAKFIELD",
        "OAKFIELD PRIMARY 100000001672042095 INV/1187 309626 10 02AUG26 14:05",
        "INVOICE NO. 001187",
        "oakfield inv no 000001187",
    ],
)
def test_a_number_is_read_whatever_the_bank_did_to_it(narrative: str) -> None:
    known = facts(item(87, OAKFIELD, 16_800, number=1187), item(2, OAKFIELD, 16_800), item(3, ELM_PARK, 500))
    found = best(16_800, narrative, known)
    assert found.confidence == Decimal("0.99")
    assert found.allocations == ((87, 16_800),) and found.payer_id == OAKFIELD
    assert found.reason == "Names INV-001187 and £168.00 is exactly what is open."


def test_dates_times_sort_codes_and_small_numbers_are_not_invoice_numbers() -> None:
    text = "A B SMITH 30-96-26 12MAR27 09:41 10 2 01/09/2026"
    named = numbers_named(text, invoices={12, 27, 9, 41, 10, 2, 309626, 2026, 30, 96}, credits=set())
    assert named.invoices == ()


def test_several_numbers_even_run_together_add_up() -> None:
    known = facts(item(1, OAKFIELD, 10_000), item(2, OAKFIELD, 2_345), item(3, OAKFIELD, 7_777))
    for narrative in ("INV1101 1103", "1101/1103 OAKFIELD", "INV001101INV001103", "001101001103"):
        assert best(17_777, narrative, known).allocations == ((1, 10_000), (3, 7_777))


def test_a_credit_note_named_or_standing_is_set_off() -> None:
    known = facts(item(1, OAKFIELD, 10_000), credit(1, OAKFIELD, 1_500))
    for narrative in ("INV1101 LESS CN31", "OAKFIELD INV1101"):
        found = best(8_500, narrative, known)
        assert found.confidence == Decimal("0.99")
        assert found.allocations == ((1, 8_500),) and found.credits == ((1, 1, 1_500),)
        assert "less CN-000031 £15.00" in found.reason


def test_an_invoice_and_a_credit_note_of_one_number_are_told_apart() -> None:
    named = numbers_named("CN 1187 AND INV 1187", invoices={1187}, credits={1187})
    assert (named.invoices, named.credits) == ((1187,), (1187,))
    assert numbers_named("CN 1187", invoices={1187}, credits=set()).invoices == ()
    named = numbers_named("CN31 1187", invoices={1187}, credits={31})
    assert (named.invoices, named.credits) == ((1187,), (31,))


def test_a_small_number_counts_behind_its_word() -> None:
    for narrative in ("inv no 000000010", "INV10", "INVOICE 10", "000010"):
        assert numbers_named(narrative, invoices={10}, credits=set()).invoices == (10,)
    assert numbers_named("ROOM 10", invoices={10}, credits=set()).invoices == ()
    assert numbers_named("CN31 " + "9" * 5_000, invoices={10}, credits={31}).credits == (31,)


def test_another_customers_name_beside_a_fitting_number_is_not_sure() -> None:
    known = facts(item(1, OAKFIELD, 14_000), item(2, ELM_PARK, 14_000))
    found = propose(pence=14_000, description="ELM PARK INFANT SC 1101", candidates=known)
    by_number = next(proposal for proposal in found if proposal.allocations == ((1, 14_000),))
    assert by_number.confidence == Decimal("0.70")
    assert "looks like Elm Park Infant School" in by_number.reason
    assert found[0].allocations == ((2, 14_000),)


def test_the_council_that_pays_for_its_school_is_no_contradiction() -> None:
    found = best(14_000, "TIDEWELL BC INV1101", facts(item(1, OAKFIELD, 14_000)))
    assert (found.confidence, found.payer_id) == (Decimal("0.99"), COUNCIL)


def test_a_purchase_order_is_read() -> None:
    known = facts(item(1, OAKFIELD, 14_000, order="PO/77-123"), item(2, ELM_PARK, 14_000))
    found = best(14_000, "BACS PO77123", known)
    assert (found.confidence, found.allocations) == (Decimal("0.95"), ((1, 14_000),))
    assert not reference_named("BACS 123", "123")


def test_one_amount_and_a_similar_name_is_nearly_sure() -> None:
    known = facts(item(1, OAKFIELD, 14_000), item(2, ELM_PARK, 14_000), item(3, OAKFIELD, 500))
    found = best(14_000, "OAKFEILD PRIM TRAINING", known)
    assert (found.confidence, found.allocations) == (Decimal("0.96"), ((1, 14_000),))
    assert found.reason == (
        "INV-001101 is the only open item of £140.00 for Oakfield Primary School, whom the payment names."
    )


def test_two_items_of_the_amount_are_both_proposed_the_older_first_and_none_is_sure() -> None:
    known = facts(item(1, OAKFIELD, 14_000, due=date(2026, 11, 1)), item(2, OAKFIELD, 14_000))
    found = propose(pence=14_000, description="OAKFIELD", candidates=known)
    assert [proposal.allocations[0][0] for proposal in found] == [2, 1]
    assert found[0].confidence == Decimal("0.70") and sure(found, Decimal("0.95")) is None


def test_an_amount_alone_counts_when_only_one_item_has_it() -> None:
    known = facts(item(1, OAKFIELD, 14_001), item(2, ELM_PARK, 14_000), item(3, ST_BEDE, 14_000))
    assert best(14_001, "PAYMENT 77", known).confidence == Decimal("0.80")
    assert propose(pence=14_000, description="PAYMENT 77", candidates=known) == []


def test_a_council_remittance_pays_twelve_invoices_of_nine_schools_net_of_a_credit_note() -> None:
    schools = list(range(101, 110))
    amounts = [120_000 + 7_311 * n for n in range(12)]
    items = [item(n + 1, schools[n % 9], amounts[n]) for n in range(12)]
    note = credit(1, schools[4], 19_550)
    payers = [Payer(n, f"C-{n}", f"Harbour {n} School", frozenset({n})) for n in schools]
    payers.append(Payer(COUNCIL, "C-50", "Tidewell Borough Council", frozenset({COUNCIL, *schools})))
    known = Candidates(tuple(items), (note,), tuple(payers))
    pence = sum(amounts) - 19_550
    found = best(pence, "TIDEWELL BC REMIT 88213", known)
    assert (found.confidence, found.payer_id) == (Decimal("0.97"), COUNCIL)
    assert sum(paid for _, paid in found.allocations) == pence
    assert sum(used for _, _, used in found.credits) == 19_550
    assert {to for _, to, _ in found.credits} == {5}  # its own school's invoice
    assert len({i for i, _ in found.allocations}) == 12
    assert "12 invoices of 9 customers" in found.reason and "less CN-000031 £195.50," in found.reason
    assert "all that is open for Tidewell Borough Council" in found.reason


def test_a_remittance_that_names_its_items_is_sure_though_more_is_open() -> None:
    known = facts(item(1, OAKFIELD, 10_000), item(2, ELM_PARK, 4_321), item(3, OAKFIELD, 999), credit(1, OAKFIELD, 500))
    found = best(
        13_821, "TIDEWELL BC REMIT 88213", known, remittance="INV-001101 100.00 INV-001102 43.21 CN-000031 -5.00"
    )
    assert (found.confidence, found.payer_id) == (Decimal("0.99"), COUNCIL)
    assert found.credits == ((1, 1, 500),)


def test_a_choice_of_a_payers_items_is_possible_and_says_whether_it_is_the_only_one() -> None:
    known = facts(item(1, OAKFIELD, 10_000), item(2, OAKFIELD, 4_321), item(3, OAKFIELD, 999))
    found = best(10_999, "OAKFIELD PRIMARY", known)
    assert (found.confidence, found.allocations) == (Decimal("0.85"), ((1, 10_000), (3, 999)))
    assert "the only choice from 3 open items of Oakfield Primary School" in found.reason
    known = facts(item(1, OAKFIELD, 500), item(2, OAKFIELD, 500), item(3, OAKFIELD, 700))
    found = best(1_200, "OAKFIELD PRIMARY", known)
    assert found.confidence == Decimal("0.70") and "one of several choices" in found.reason


def test_what_was_due_by_a_day_is_possible_though_far_more_is_open() -> None:
    items = [item(n, OAKFIELD, 1_000 + n, due=date(2026, 1 + n // 6, 28)) for n in range(60)]
    pence = sum(one.pence for one in items[:12])
    found = best(pence - 700, "OAKFIELD PRIMARY", facts(*items, credit(1, OAKFIELD, 700)))
    assert found.confidence == Decimal("0.85") and len(found.allocations) == 12
    assert "all that Oakfield Primary School owed by 28 February 2026" in found.reason


def test_a_part_payment_and_too_much_are_possible_with_the_difference_said() -> None:
    known = facts(item(1, OAKFIELD, 14_000))
    part = best(5_000, "OAKFIELD INV1101", known)
    assert (part.confidence, part.allocations) == (Decimal("0.60"), ((1, 5_000),))
    over = best(15_000, "OAKFIELD INV1101", known)
    assert (over.confidence, over.allocations) == (Decimal("0.60"), ((1, 14_000),))
    assert "£10.00 too much would stay on the payer's account" in over.reason


def test_a_bare_number_with_another_amount_and_no_name_is_chance() -> None:
    assert propose(pence=999, description="ROOM 1101", candidates=facts(item(1, OAKFIELD, 14_000))) == []


def test_nothing_that_fits_gives_no_proposal_and_money_out_none() -> None:
    known = facts(item(1, OAKFIELD, 14_000))
    assert propose(pence=77, description="THANK YOU", candidates=known) == []
    assert propose(pence=-14_000, description="INV1101", candidates=known) == []
    assert propose(pence=14_000, description="", candidates=facts()) == []


def test_a_narrative_known_from_before_names_its_payer() -> None:
    known = facts(item(1, ST_BEDE, 14_000), item(2, OAKFIELD, 14_000), aliases={ST_BEDE: ("DIOCESE SHARED FIN",)})
    found = best(14_000, "DIOCESE SHARED FIN 8812", known)
    assert (found.confidence, found.payer_id) == (Decimal("0.96"), ST_BEDE)


def test_names_that_schools_share_tell_nobody_apart() -> None:
    assert distinctive("The Primary School Academy Trust") == []
    assert likeness(distinctive("Elm Park Infant School"), distinctive("OAK PARK INFANT SCHOOL")) < 85
    assert likeness(distinctive("St Bartholomew's CofE Primary"), distinctive("ST BARTHOLOM C OF E")) == 100
    assert likeness(distinctive("Oakfield Primary"), distinctive("OAKFIELDPRIMARY")) == 100


def test_what_a_proposal_settles_is_open_no_longer() -> None:
    known = facts(item(1, OAKFIELD, 10_000), item(2, OAKFIELD, 4_000), credit(1, OAKFIELD, 1_500))
    rest = known.less(Proposal(Decimal(1), "", OAKFIELD, ((1, 8_500), (2, 1_000)), ((1, 1, 1_500),)))
    assert [(one.id, one.pence) for one in rest.items] == [(2, 3_000)]
    assert rest.credits == ()
    assert propose(pence=10_000, description="INV1101", candidates=rest) == []


@settings(max_examples=150, deadline=None)
@given(
    amounts=st.lists(st.integers(1, 60), max_size=9),
    credits=st.lists(st.integers(1, 30), max_size=3),
    total=st.integers(1, 300),
)
def test_the_search_finds_a_choice_exactly_when_there_is_one(
    amounts: list[int], credits: list[int], total: int
) -> None:
    signed = [*amounts, *(-amount for amount in credits)]
    ways = sum(
        sum(amount for place, amount in enumerate(signed) if mask >> place & 1) == total
        for mask in range(1 << len(signed))
    )
    found = subset_of(signed, total)
    assert (found is None) == (ways == 0)
    if found:
        assert sum(signed[place] for place in found.places) == total
        assert len(set(found.places)) == len(found.places)
        assert found.only == (ways == 1)


def test_the_search_is_bounded() -> None:
    amounts = [2**place for place in range(AMOUNTS)]
    assert STATES < 2**16
    assert subset_of(amounts, 2**AMOUNTS - 1) is None
    assert subset_of([1] * AMOUNTS, AMOUNTS) is not None
    assert subset_of([1] * (AMOUNTS + 1), AMOUNTS) is None


@settings(max_examples=100, deadline=None)
@given(
    amounts=st.lists(st.integers(1, 5_000), min_size=1, max_size=8),
    notes=st.lists(st.integers(1, 2_000), max_size=3),
    pence=st.integers(1, 30_000),
    named=st.sets(st.integers(0, 7)),
    name=st.sampled_from(["", "OAKFIELD", "TIDEWELL BC", "KESTREL"]),
)
def test_no_proposal_spends_more_than_came_in_or_is_open(
    amounts: list[int], notes: list[int], pence: int, named: set[int], name: str
) -> None:
    organisations = [OAKFIELD, ELM_PARK, ST_BEDE]
    items = [item(n + 1, organisations[n % 3], amount) for n, amount in enumerate(amounts)]
    credits = [credit(n + 1, organisations[n % 3], amount) for n, amount in enumerate(notes)]
    known = facts(*items, *credits)
    text = f"{name} " + " ".join(f"INV{1101 + n}" for n in sorted(named))
    for payment in {pence, sum(amounts), max(1, sum(amounts) - sum(notes))}:
        for proposal in propose(pence=payment, description=text, candidates=known):
            assert sum(paid for _, paid in proposal.allocations) <= payment
            settled = {one.id: 0 for one in items}
            used = {one.id: 0 for one in credits}
            for to, paid in proposal.allocations:
                settled[to] += paid
            for source, to, amount in proposal.credits:
                settled[to] += amount
                used[source] += amount
            assert all(settled[one.id] <= one.pence for one in items)
            assert all(used[one.id] <= one.pence for one in credits)
            assert proposal.reason.endswith(".") and "£" in proposal.reason


def test_numbers_of_a_suppliers_own_series_are_never_taken_for_ours():
    """What is sold in a supplier's name is numbered FEN-000001; ours is INV-000001."""
    theirs, ours = number_key("FEN-000001"), number_key("INV-000001")
    assert ours == 1 != theirs
    assert theirs != number_key("NEF-000001")
    assert number_key("CN-000031") == 31
    both = {theirs, ours}
    assert numbers_named("FEN-000001", invoices=both, credits=set()).invoices == (theirs,)
    assert numbers_named("OAKFIELD INV 000001", invoices=both, credits=set()).invoices == (ours,)
    assert numbers_named("FEN 1 AND INV1", invoices=both, credits=set()).invoices == (theirs, ours)
    assert numbers_named("INV-000001", invoices={theirs}, credits=set()).invoices == ()
