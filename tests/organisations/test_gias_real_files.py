"""The register's own files, where the folder of shared data lies beside the project."""

from pathlib import Path

import pytest

from marketplace.organisations.models import Identity, Organisation, PupilCount, School, SchoolLink, Trust
from marketplace.organisations.services.gias import Counts, GroupCounts
from tests.organisations.register_files import RunImport

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "gias"
LONDON = DATA / "edubasealldata_full_header_london_99.csv"
GROUPS = DATA / "groups_2026-08_first_5000.csv"
ENGLAND = DATA / "edubasealldata20231116_reduced.csv"
LINKS = DATA / "links_edubasealldata20240524.csv"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason="the folder of shared data does not lie beside the project"),
]


def test_schools_with_the_whole_header_and_a_file_of_groups(run: RunImport) -> None:
    # Closed and open single-academy trusts, open and closed multi-academy trusts, as counted in the file.
    trusts = 961 + 904 + 773 + 347
    left_out = {"federations": 398 + 298, "sponsors": 636 + 217, "others": 421 + 25 + 20}

    first = run(LONDON, groups=GROUPS)
    assert (first.schools, first.refusals) == (Counts(created=99), [])
    assert first.groups == GroupCounts(created=trusts, **left_out)
    assert PupilCount.objects.filter(counted_on="2020-01-16").count() == 42
    assert School.objects.exclude(low_age=None).exists()
    assert Trust.objects.count() == trusts

    second = run(LONDON, groups=GROUPS)
    assert (second.schools, second.groups) == (
        Counts(unchanged=99),
        GroupCounts(unchanged=trusts, **left_out),
    )


def test_all_schools_of_england_with_their_links(run: RunImport) -> None:
    first = run(ENGLAND, links=LINKS)
    assert (first.schools, first.refusals) == (Counts(created=50_515), [])
    assert School.objects.filter(status__in="13").count() == 26_989 + 86
    assert PupilCount.objects.count() == 29_059
    assert Identity.objects.filter(valid_to=None).count() == Organisation.objects.count()
    assert first.links is not None and first.links.created == SchoolLink.objects.count() > 15_000

    second = run(ENGLAND, links=LINKS)
    assert second.schools == Counts(unchanged=50_515)
    assert second.links is not None and (second.links.created, second.links.updated) == (0, 0)
