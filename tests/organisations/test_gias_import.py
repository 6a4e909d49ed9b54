"""What an import of the register does to schools: created, changed, closed, counted."""

from datetime import date

import pytest

from marketplace.core.actors import ANONYMOUS
from marketplace.core.errors import NotAllowed
from marketplace.core.models import Event, NumberSeries
from marketplace.organisations.models import Authority, Identity, Organisation, PupilCount, School
from marketplace.organisations.services.gias import Counts
from tests.organisations.register_files import ACADEMY, SCHOOL, RunImport

pytestmark = pytest.mark.django_db

OTHER = SCHOOL | {
    "URN": "900002",
    "EstablishmentNumber": "2002",
    "EstablishmentName": "Ferry Road Infant School",
}


def identities(urn: str) -> list[tuple[date, date | None, str, str]]:
    rows = Identity.objects.filter(organisation__school__urn=urn).order_by("valid_from")
    return [(row.valid_from, row.valid_to, row.name, row.postcode) for row in rows]


def test_a_new_school_stands_with_its_authority_identity_and_pupils(run: RunImport) -> None:
    report = run([SCHOOL])

    assert report.schools == Counts(created=1)
    school = School.objects.select_related("organisation", "authority__organisation").get(urn="900001")
    assert (school.authority.code, school.authority.organisation.name) == ("987", "Tidewell")
    assert (school.organisation.kind, school.organisation.name) == ("school", "Oakfield Primary School")
    assert (school.establishment_number, school.ukprn) == ("2001", "10990001")
    assert (school.type_code, school.type_name, school.billing_class) == (
        "1",
        "Community school",
        "maintained",
    )
    assert (school.status, school.opened_on, school.closed_on) == ("1", date(1994, 9, 1), None)
    assert (school.phase_code, school.phase_name) == ("2", "Primary")
    assert school.register_changed_on == date(2025, 11, 14)
    identity = school.organisation.identities.get()
    assert (identity.valid_from, identity.valid_to, identity.country) == (date(1994, 9, 1), None, "GB")
    assert identity.address_lines == ["1 Mill Lane", "Tidewell", "Eastshire", "TW1 1AA"]
    count = school.pupil_counts.get()
    assert (count.pupils, count.source, count.counted_on) == (412, "Register of schools", date(2025, 11, 14))


def test_importing_the_same_file_again_changes_nothing(run: RunImport) -> None:
    run([SCHOOL, OTHER, ACADEMY | {"Trusts (code)": "", "Trusts (name)": ""}])
    before = [list(model.objects.order_by("pk").values()) for model in (Organisation, School, Identity, PupilCount)]

    report = run([SCHOOL, OTHER, ACADEMY | {"Trusts (code)": "", "Trusts (name)": ""}], on=date(2026, 2, 1))

    assert report.schools == Counts(unchanged=3)
    assert (report.authorities_created, report.trusts_created, report.memberships_changed) == (0, 0, 0)
    after = [list(model.objects.order_by("pk").values()) for model in (Organisation, School, Identity, PupilCount)]
    assert after == before


def test_customer_numbers_have_no_gap(run: RunImport) -> None:
    run([SCHOOL, OTHER])  # two schools and their authority
    run([SCHOOL | {"URN": "900003"}])

    numbers = sorted(Organisation.objects.values_list("number", flat=True))
    assert numbers == ["C-000001", "C-000002", "C-000003", "C-000004"]
    assert NumberSeries.objects.get(code="customer").next_number == 5


def test_a_changed_name_ends_the_old_identity_on_the_register_s_day(run: RunImport) -> None:
    run([SCHOOL, OTHER])
    changed = SCHOOL | {"EstablishmentName": "Oakfield Community Primary", "LastChangedDate": "05-01-2026"}

    report = run([changed, OTHER])

    assert report.schools == Counts(updated=1, unchanged=1)
    assert identities("900001") == [
        (date(1994, 9, 1), date(2026, 1, 5), "Oakfield Primary School", "TW1 1AA"),
        (date(2026, 1, 5), None, "Oakfield Community Primary", "TW1 1AA"),
    ]
    assert School.objects.get(urn="900001").organisation.name == "Oakfield Community Primary"
    assert len(identities("900002")) == 1


def test_a_changed_address_ends_it_on_the_import_s_day_where_the_register_s_is_too_early(
    run: RunImport,
) -> None:
    run([SCHOOL])
    run([SCHOOL | {"Postcode": "TW1 1AB", "LastChangedDate": "05-01-2026"}])
    run([SCHOOL | {"Postcode": "TW1 1AC", "LastChangedDate": "05-01-2026"}], on=date(2026, 3, 2))

    assert [row[:2] + row[3:] for row in identities("900001")] == [
        (date(1994, 9, 1), date(2026, 1, 5), "TW1 1AA"),
        (date(2026, 1, 5), date(2026, 3, 2), "TW1 1AB"),
        (date(2026, 3, 2), None, "TW1 1AC"),
    ]


def test_a_second_change_on_one_day_corrects_the_identity_that_began_that_day(run: RunImport) -> None:
    undated = SCHOOL | {"LastChangedDate": ""}
    run([undated])
    run([undated | {"Street": "2 Mill Lane"}])
    run([undated | {"Street": "3 Mill Lane"}])

    streets = Identity.objects.filter(organisation__school__urn="900001").order_by("valid_from")
    assert [(row.valid_from, row.street) for row in streets] == [
        (date(1994, 9, 1), "1 Mill Lane"),
        (date(2026, 1, 15), "3 Mill Lane"),
    ]


def test_a_new_identity_keeps_the_vat_number(run: RunImport) -> None:
    run([SCHOOL])
    Identity.objects.filter(organisation__school__urn="900001").update(vat_number="GB123456782")

    run([SCHOOL | {"Town": "Tidewell Bay", "LastChangedDate": "05-01-2026"}])

    current = Identity.objects.get(organisation__school__urn="900001", valid_to=None)
    assert (current.town, current.vat_number) == ("Tidewell Bay", "GB123456782")


def test_a_school_without_an_open_date_is_known_since_1900(run: RunImport) -> None:
    run([SCHOOL | {"OpenDate": ""}])
    assert identities("900001")[0][0] == date(1900, 1, 1)
    assert School.objects.get(urn="900001").opened_on is None


def test_a_school_that_closes_is_counted_as_closed_and_keeps_everything(run: RunImport) -> None:
    run([SCHOOL, OTHER])
    number = School.objects.get(urn="900001").organisation.number

    report = run([SCHOOL | {"EstablishmentStatus (code)": "2", "CloseDate": "31-12-2025"}, OTHER])

    assert report.schools == Counts(closed=1, unchanged=1)
    school = School.objects.get(urn="900001")
    assert (school.status, school.closed_on) == ("2", date(2025, 12, 31))
    assert school.organisation.number == number
    assert (identities("900001")[0][1], school.pupil_counts.count()) == (None, 1)
    again = run([SCHOOL | {"EstablishmentStatus (code)": "2", "CloseDate": "31-12-2025"}, OTHER])
    assert again.schools == Counts(unchanged=2)


def test_a_school_first_met_closed_is_created(run: RunImport) -> None:
    report = run([SCHOOL | {"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2011"}])
    assert report.schools == Counts(created=1)


def test_a_school_that_will_close_is_open_as_the_register_says(run: RunImport) -> None:
    run([SCHOOL | {"EstablishmentStatus (code)": "3", "CloseDate": "31-08-2027"}])
    school = School.objects.get(urn="900001")
    assert (school.status, school.closed_on) == ("3", date(2027, 8, 31))


def test_a_school_that_reopens_is_updated(run: RunImport) -> None:
    run([SCHOOL | {"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2025"}])
    assert run([SCHOOL]).schools == Counts(updated=1)
    assert School.objects.get(urn="900001").closed_on is None


def test_a_school_that_a_file_does_not_name_is_left_alone(run: RunImport) -> None:
    run([SCHOOL, OTHER])
    before = School.objects.filter(urn="900002").values().get()
    assert run([SCHOOL]).schools == Counts(unchanged=1)
    assert School.objects.filter(urn="900002").values().get() == before


def test_pupils_are_dated_by_the_census_where_the_file_has_it(run: RunImport) -> None:
    run([SCHOOL | {"CensusDate": "16-01-2025"}, OTHER | {"CensusDate": ""}])
    dated = PupilCount.objects.order_by("school__urn").values_list("school__urn", "counted_on")
    assert list(dated) == [("900001", date(2025, 1, 16)), ("900002", date(2025, 11, 14))]


def test_a_changed_count_of_one_date_corrects_it_and_a_new_date_adds_one(run: RunImport) -> None:
    run([SCHOOL])
    assert run([SCHOOL | {"NumberOfPupils": "413"}]).schools == Counts(updated=1)
    assert list(PupilCount.objects.values_list("pupils", flat=True)) == [413]

    run([SCHOOL | {"NumberOfPupils": "420", "LastChangedDate": "09-01-2026"}])
    assert sorted(PupilCount.objects.values_list("counted_on", "pupils")) == [
        (date(2025, 11, 14), 413),
        (date(2026, 1, 9), 420),
    ]


def test_a_count_without_any_date_is_dated_on_the_import_s_day_once(run: RunImport) -> None:
    undated = SCHOOL | {"LastChangedDate": ""}
    run([undated])
    assert run([undated], on=date(2026, 4, 1)).schools == Counts(unchanged=1)
    run([undated | {"NumberOfPupils": "400"}], on=date(2026, 5, 1))
    assert sorted(PupilCount.objects.values_list("counted_on", "pupils")) == [
        (date(2026, 1, 15), 412),
        (date(2026, 5, 1), 400),
    ]


def test_a_school_without_pupils_has_no_count_and_zero_is_a_count(run: RunImport) -> None:
    run([SCHOOL | {"NumberOfPupils": ""}, OTHER | {"NumberOfPupils": "0"}])
    assert list(PupilCount.objects.values_list("school__urn", "pupils")) == [("900002", 0)]


def test_a_billing_class_that_a_person_decided_stays(run: RunImport) -> None:
    run([SCHOOL | {"TypeOfEstablishment (code)": "57"}, OTHER])
    school = School.objects.get(urn="900001")
    assert school.billing_class == "other"
    School.objects.filter(pk=school.pk).update(billing_class="academy", billing_class_decided=True)

    report = run([SCHOOL | {"TypeOfEstablishment (code)": "57"}, OTHER | {"TypeOfEstablishment (code)": "5"}])

    assert report.schools == Counts(updated=1, unchanged=1)
    assert School.objects.get(urn="900001").billing_class == "academy"
    assert School.objects.get(urn="900002").type_code == "5"


def test_a_type_with_leading_zeros_is_the_same_type(run: RunImport) -> None:
    run([SCHOOL])
    assert run([SCHOOL | {"TypeOfEstablishment (code)": "01"}]).schools == Counts(unchanged=1)


def test_columns_that_a_file_lacks_keep_what_another_told(run: RunImport) -> None:
    run([SCHOOL | {"StatutoryLowAge": "4", "StatutoryHighAge": "11"}])
    assert run([SCHOOL]).schools == Counts(unchanged=1)
    fewer = {name: cell for name, cell in SCHOOL.items() if name not in ("UKPRN", "Street", "NumberOfPupils")}
    assert run([fewer]).schools == Counts(unchanged=1)
    school = School.objects.get(urn="900001")
    assert (school.low_age, school.high_age, school.ukprn) == (4, 11, "10990001")


def test_a_school_of_no_authority_is_accepted_as_the_register_writes_it(run: RunImport) -> None:
    run([SCHOOL | {"LA (code)": "000", "LA (name)": "Does not apply", "TypeOfEstablishment (code)": "37"}])
    school = School.objects.get(urn="900001")
    assert (school.authority.code, school.billing_class) == ("000", "overseas")
    assert school.authority.organisation.name == "Does not apply"


def test_a_school_that_moves_to_another_authority_is_updated(run: RunImport) -> None:
    run([SCHOOL])
    report = run([SCHOOL | {"LA (code)": "986", "LA (name)": "Northmere"}])
    assert (report.schools, report.authorities_created) == (Counts(updated=1), 1)
    assert School.objects.get(urn="900001").authority.code == "986"


def test_only_the_chosen_authorities_are_imported(run: RunImport) -> None:
    rows = [SCHOOL, OTHER | {"LA (code)": "986"}, ACADEMY | {"LA (code)": "985", "URN": ""}]

    report = run(rows, authorities=["987"])
    assert (report.schools, report.refusals) == (Counts(created=1), [])
    assert list(Authority.objects.values_list("code", flat=True)) == ["987"]

    report = run(rows, authorities=["987", "986"])
    assert report.schools == Counts(created=1, unchanged=1)


def test_a_dry_run_counts_the_same_and_writes_nothing(run: RunImport) -> None:
    rehearsed = run([SCHOOL, ACADEMY], dry_run=True)

    assert (rehearsed.schools, rehearsed.trusts_created, rehearsed.dry_run) == (Counts(created=2), 1, True)
    assert not Organisation.objects.exists() and not NumberSeries.objects.exists() and not Event.objects.exists()
    real = run([SCHOOL, ACADEMY])
    assert (real.schools, real.trusts_created) == (rehearsed.schools, rehearsed.trusts_created)


def test_one_event_tells_of_the_run(run: RunImport) -> None:
    run([SCHOOL, OTHER, SCHOOL])

    event = Event.objects.get()
    assert (event.kind, event.subject, event.actor_label) == (
        "register.imported",
        "2026-01-15",
        "import_gias",
    )
    counts = {"created": 2, "updated": 0, "unchanged": 0, "closed": 0, "refused": 1}
    assert event.payload["schools"] == counts
    assert "Oakfield" not in str(event.payload)


def test_only_an_administrator_or_the_platform_imports(run: RunImport) -> None:
    with pytest.raises(NotAllowed, match="import the register"):
        run([SCHOOL], actor=ANONYMOUS)
    assert not School.objects.exists()
