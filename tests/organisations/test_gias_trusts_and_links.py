"""Trusts from the groups file and from the schools' file, dated membership, predecessors and successors."""

from datetime import date

import pytest

from marketplace.organisations.models import Organisation, School, SchoolLink, Trust, TrustMembership
from marketplace.organisations.services.gias import Counts, GroupCounts, LinkCounts
from tests.organisations.register_files import ACADEMY, GROUP, SCHOOL, RunImport

pytestmark = pytest.mark.django_db

NO_TRUST = {"Trusts (code)": "", "Trusts (name)": ""}
OTHER_TRUST = {"Trusts (code)": "9902", "Trusts (name)": "Beacon Schools Trust"}


def memberships(urn: str = "900010") -> list[tuple[str, date, date | None]]:
    rows = TrustMembership.objects.filter(school__urn=urn).order_by("valid_from").select_related("trust")
    return [(row.trust.uid, row.valid_from, row.valid_to) for row in rows]


def link(urn: str, other: str, kind: str, day: str = "") -> dict[str, str]:
    return {
        "URN": urn,
        "LinkURN": other,
        "LinkName": "Oakfield Primary School",
        "LinkType": kind,
        "LinkEstablishedDate": day,
    }


def test_a_trust_named_by_a_school_is_created_and_joined_from_the_school_s_opening(run: RunImport) -> None:
    report = run([ACADEMY])

    assert (report.trusts_created, report.memberships_changed) == (1, 1)
    trust = Trust.objects.select_related("organisation").get()
    assert (trust.uid, trust.organisation.kind) == ("9901", "trust")
    assert trust.organisation.name == "Lantern Learning Trust"
    assert memberships() == [("9901", date(2016, 9, 1), None)]
    assert run([ACADEMY]).schools == Counts(unchanged=1)


def test_a_school_joins_no_earlier_than_its_trust_began(run: RunImport) -> None:
    run([ACADEMY], groups=[GROUP | {"Open Date": "01/02/2019"}])
    assert memberships() == [("9901", date(2019, 2, 1), None)]


def test_a_school_whose_dates_are_unknown_joins_on_the_import_s_day(run: RunImport) -> None:
    run([ACADEMY | {"OpenDate": ""}])
    assert memberships() == [("9901", date(2026, 1, 15), None)]


def test_a_school_that_moves_ends_one_membership_and_begins_the_next(run: RunImport) -> None:
    run([ACADEMY])
    report = run([ACADEMY | OTHER_TRUST | {"LastChangedDate": "05-01-2026"}])

    assert report.schools == Counts(updated=1)
    assert memberships() == [
        ("9901", date(2016, 9, 1), date(2026, 1, 5)),
        ("9902", date(2026, 1, 5), None),
    ]


def test_a_school_that_leaves_ends_its_membership_and_may_join_again(run: RunImport) -> None:
    run([ACADEMY])
    run([ACADEMY | NO_TRUST | {"LastChangedDate": "05-01-2026"}])
    assert memberships() == [("9901", date(2016, 9, 1), date(2026, 1, 5))]

    run([ACADEMY | {"LastChangedDate": "05-01-2026"}], on=date(2026, 6, 1))
    assert memberships()[1:] == [("9901", date(2026, 1, 5), None)]


def test_a_membership_corrected_on_its_first_day_leaves_no_empty_one(run: RunImport) -> None:
    undated = ACADEMY | {"OpenDate": "", "LastChangedDate": ""}
    run([undated])
    run([undated | OTHER_TRUST])
    assert memberships() == [("9902", date(2026, 1, 15), None)]

    run([undated | NO_TRUST])
    assert memberships() == [("9902", date(2026, 1, 15), date(2026, 1, 16))]


def test_a_file_without_trust_columns_leaves_membership_alone(run: RunImport) -> None:
    run([ACADEMY])
    report = run([{name: cell for name, cell in ACADEMY.items() if not name.startswith("Trusts")}])
    assert report.schools == Counts(unchanged=1)
    assert memberships() == [("9901", date(2016, 9, 1), None)]


def test_a_closed_school_keeps_its_last_trust(run: RunImport) -> None:
    run([ACADEMY])
    closed = ACADEMY | NO_TRUST | {"EstablishmentStatus (code)": "2", "CloseDate": "31-12-2025"}
    assert run([closed]).schools == Counts(closed=1)
    assert memberships() == [("9901", date(2016, 9, 1), None)]
    assert run([closed]).schools == Counts(unchanged=1)


def test_the_foundation_trust_of_a_maintained_school_is_no_academy_trust(run: RunImport) -> None:
    report = run([ACADEMY | {"TypeOfEstablishment (code)": "5"}])
    assert (report.trusts_created, report.memberships_changed) == (0, 0)
    assert not Trust.objects.exists()


def test_the_groups_file_creates_academy_trusts_and_counts_the_rest(run: RunImport) -> None:
    others = [
        GROUP | {"Group UID": uid, "Group Type (code)": kind}
        for uid, kind in [("9911", "01"), ("9912", "05"), ("9913", "05"), ("9914", "02"), ("9915", "07")]
    ]
    report = run([SCHOOL], groups=[GROUP, GROUP | {"Group UID": "9902", "Group Type (code)": "10"}, *others])

    assert report.groups == GroupCounts(created=2, federations=1, sponsors=2, others=2)
    trust = Trust.objects.select_related("organisation").get(uid="9901")
    assert (trust.companies_house_number, trust.ukprn, trust.closed_on) == ("09990001", "10999901", None)
    identity = trust.organisation.identities.get()
    assert (identity.valid_from, identity.company_number) == (date(2015, 1, 5), "09990001")
    assert identity.address_lines == ["2 Quay Street", "Tidewell", "TW2 2BB"]


def test_groups_imported_again_change_nothing_and_a_change_is_dated_on_the_import_s_day(
    run: RunImport,
) -> None:
    second = GROUP | {"Group UID": "9902", "Group Name": "Beacon Schools Trust"}
    run([SCHOOL], groups=[GROUP, second])
    assert run([SCHOOL], groups=[GROUP, second]).groups == GroupCounts(unchanged=2)

    renamed = GROUP | {"Group Name": "Lantern Education Trust"}
    report = run([SCHOOL], groups=[renamed, second | {"Closed Date": "31/12/2025"}])
    assert report.groups == GroupCounts(updated=2)
    names = Trust.objects.get(uid="9901").organisation.identities.order_by("valid_from")
    assert [(row.name, row.valid_from, row.valid_to) for row in names] == [
        ("Lantern Learning Trust", date(2015, 1, 5), date(2026, 1, 15)),
        ("Lantern Education Trust", date(2026, 1, 15), None),
    ]
    assert Trust.objects.get(uid="9902").closed_on == date(2025, 12, 31)
    assert Organisation.objects.get(trust__uid="9901").name == "Lantern Education Trust"


def test_the_groups_file_is_read_with_plain_headings_too(run: RunImport) -> None:
    plain = {
        "group_uid": "9901",
        "group_name": "Lantern Learning Trust",
        "companies_house_number": "09990001",
        "group_type__code_": "06",
        "closed_date": "",
        "open_date": "",
        "incorporated_on__open_date_": "05/01/2015",
        "group_status__code_": "OPEN",
        "group_address_3": "Quayside",
        "ukprn": "",
    }
    assert run([SCHOOL], groups=[plain]).groups == GroupCounts(created=1)
    identity = Trust.objects.get().organisation.identities.get()
    assert (identity.valid_from, identity.address3) == (date(2015, 1, 5), "Quayside")


def test_refused_groups_are_named_with_their_line(run: RunImport) -> None:
    rows = [GROUP, GROUP, GROUP | {"Group UID": ""}, GROUP | {"Group UID": "9903", "Open Date": "29/02/2023"}]
    report = run([SCHOOL], groups=rows)

    assert report.groups == GroupCounts(created=1, refused=3)
    assert [str(refusal) for refusal in report.refusals] == [
        "groups line 3: group 9901 stands on line 2 already",
        "groups line 4: group_uid is empty",
        "groups line 5: open_date “29/02/2023” is not a date of the calendar written like 31-08-2026",
    ]
    assert report.schools == Counts(created=1)


def test_a_school_does_not_join_a_group_that_the_groups_file_says_is_no_academy_trust(run: RunImport) -> None:
    report = run([ACADEMY], groups=[GROUP | {"Group Type (code)": "07", "Group Type": "Umbrella trust"}])
    assert (report.trusts_created, report.memberships_changed) == (0, 0)


def test_the_two_lines_of_a_link_make_one_link(run: RunImport) -> None:
    links = [
        link("900010", "900001", "Predecessor", "01-09-2016"),
        link("900001", "900010", "Successor", ""),
    ]
    report = run([SCHOOL, ACADEMY], links=links)

    assert report.links == LinkCounts(created=1)
    found = SchoolLink.objects.get()
    assert (found.predecessor.urn, found.successor.urn) == ("900001", "900010")
    assert (found.kind, found.linked_on) == ("succeeded", date(2016, 9, 1))
    assert run([SCHOOL, ACADEMY], links=links).links == LinkCounts(unchanged=1)


def test_a_link_may_be_undated_and_may_be_dated_later(run: RunImport) -> None:
    run([SCHOOL, ACADEMY], links=[link("900010", "900001", "Predecessor - merged")])
    assert SchoolLink.objects.values_list("kind", "linked_on").get() == ("merged", None)

    dated = [link("900010", "900001", "Predecessor - merged", "29-02-2016")]
    assert run([SCHOOL, ACADEMY], links=dated).links == LinkCounts(updated=1)
    assert SchoolLink.objects.get().linked_on == date(2016, 2, 29)


def test_links_to_unknown_schools_and_of_no_direction_are_left_out_and_counted(run: RunImport) -> None:
    rows = [
        link("900010", "999999", "Predecessor"),
        link("900010", "900001", "Sixth Form Centre Link"),
        link("900010", "900010", "Successor"),
        link("900010", "", "Successor"),
    ]
    report = run([SCHOOL, ACADEMY], links=rows)

    assert report.links == LinkCounts(unknown=1, others=1, refused=2)
    assert [str(refusal) for refusal in report.refusals] == [
        "links line 4: URN 900010 is linked to itself",
        "links line 5: LinkURN is empty",
    ]
    assert not SchoolLink.objects.exists()
    assert School.objects.count() == 2
