"""The administrator uploads the register: checked first, imported on a second decision, refused lines as a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from frontend.office import imports
from marketplace.core import jobs
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Event, Job, StoredFile
from marketplace.organisations.models import Organisation, School
from tests.frontend.school.visits import signed_in, text_of
from tests.organisations.register_files import SCHOOL
from tests.shop import person, write_rows

pytestmark = pytest.mark.django_db
Upload = Callable[..., SimpleUploadedFile]


@pytest.fixture
def bea(partnership: Organisation, actor: Actor) -> Client:
    return signed_in(person(partnership, actor, name="Bea Administrator", role=Role.ADMINISTRATOR))


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    """A file of the register with a school for each dict of changed cells."""

    def make(*rows: dict[str, str], name: str = "edubasealldata20260901.csv") -> SimpleUploadedFile:
        given = [SCHOOL | {"URN": f"90100{index}"} | row for index, row in enumerate(rows)]
        return SimpleUploadedFile(name, write_rows(tmp_path / "schools.csv", given).read_bytes())

    return make


def checked(bea: Client, file: SimpleUploadedFile, authorities: str = "") -> Job:
    answer = bea.post("/imports", {"file": file, "authorities": authorities})
    job = Job.objects.get(kind="register_check", state="queued")
    assert answer.status_code == 302 and answer["Location"] == reverse("job", kwargs={"number": job.number})
    assert jobs.work_one()
    job.refresh_from_db()
    return job


def test_a_file_is_checked_without_saving_and_imported_on_a_second_decision(bea: Client, upload: Upload) -> None:
    check = checked(bea, upload({}, {"EstablishmentName": "Elm Grove"}, {"URN": "oops"}))
    assert (check.state, check.accepted, check.refused, check.done, check.total) == ("done", 2, 1, 3, 3)
    assert not School.objects.exists() and not Event.objects.filter(kind="register.imported").exists()
    words = text_of(bea.get(reverse("job", kwargs={"number": check.number})))
    assert "Good 2 Refused 1 Done 3 lines of 3" in words and "Nothing yet: this was a check" in words
    assert "Import 2 lines" in words and "The 1 refused line would be left out" in words
    answer = bea.post("/imports", {"check": str(check.number)})
    done = Job.objects.get(kind="register_import")
    assert answer["Location"] == reverse("job", kwargs={"number": done.number})
    jobs.work_one()
    done.refresh_from_db()
    assert (done.state, done.accepted, done.refused) == ("done", 2, 1) and done.result["schools"]["created"] == 2
    assert set(School.objects.values_list("urn", flat=True)) == {"901000", "901001"}
    assert "All that is good" in text_of(bea.get(answer["Location"]))
    page = text_of(bea.get("/imports"))
    assert "Import edubasealldata20260901.csv" in page and "Check edubasealldata20260901.csv" in page


def test_refused_lines_download_with_their_line_and_why(bea: Client, upload: Upload) -> None:
    check = checked(bea, upload({}, {"URN": "=1+1"}))
    file = bea.get(reverse("job-file", kwargs={"number": check.number}))
    assert file["Content-Disposition"] == 'attachment; filename="refused-lines.csv"'
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "line,why it was refused" and lines[1].startswith("3,") and "=1+1" in lines[1]
    assert len(lines) == 2


def test_only_the_chosen_authorities_are_taken_and_the_rest_is_counted(bea: Client, upload: Upload) -> None:
    check = checked(bea, upload({}, {"LA (code)": "999", "LA (name)": "Elsewhere"}), "999, 998")
    assert (check.accepted, check.refused, check.result["left_out"]) == (1, 0, 1)
    assert "1 line, of other authorities or empty" in text_of(bea.get(reverse("job", kwargs={"number": check.number})))


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "is empty"), (b"a,b\n1,2\n", "the columns are missing"), (b"PK\x03\x04\0\0", "not")]
)
def test_a_file_that_is_not_the_register_s_is_refused_in_words(bea: Client, content: bytes, said: str) -> None:
    answer = bea.post("/imports", {"file": SimpleUploadedFile("wrong.csv", content)}, follow=True)
    if Job.objects.exists():
        jobs.work_one()
        job = Job.objects.get()
        assert job.state == "failed" and "wrong.csv" in job.error and said in job.error
        assert 'name="check"' not in bea.get(reverse("job", kwargs={"number": job.number})).content.decode()
    else:
        assert answer.status_code == 400 and said in text_of(answer)


def test_what_is_typed_wrong_is_said_and_nothing_starts(
    bea: Client, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Choose the register's file" in text_of(bea.post("/imports", {}))
    wrong = bea.post("/imports", {"file": upload({}), "authorities": "202 Camden"})
    assert wrong.status_code == 400 and "must be three digits each, like 202, not Camden" in text_of(wrong)
    monkeypatch.setattr(imports, "LIMIT_BYTES", 10)
    assert "must be smaller than 100 MB" in text_of(bea.post("/imports", {"file": upload({})}))
    assert not Job.objects.exists() and not StoredFile.objects.exists()


def test_one_check_at_a_time(bea: Client, upload: Upload) -> None:
    bea.post("/imports", {"file": upload({})})
    again = bea.post("/imports", {"file": upload({})})
    assert again.status_code == 400 and "waits or runs already" in text_of(again)
    assert Job.objects.count() == 1 and StoredFile.objects.count() == 1


def test_an_unfinished_check_imports_nothing(bea: Client, upload: Upload) -> None:
    bea.post("/imports", {"file": upload({})})
    number = str(Job.objects.get().number)
    assert bea.post("/imports", {"check": number}).status_code == 400
    for wrong in ("x", "00000000-0000-0000-0000-000000000000"):
        assert bea.post("/imports", {"check": wrong}).status_code == 404
    assert Job.objects.count() == 1


@pytest.mark.parametrize("role", [Role.FINANCE_MANAGER, Role.AUDITOR, Role.BUYER])
def test_nobody_else_is_told_of_it(
    bea: Client, upload: Upload, partnership: Organisation, actor: Actor, role: Role
) -> None:
    check = checked(bea, upload({}))
    other = signed_in(person(partnership, actor, name="Otto Other", role=role))
    assert other.get("/imports").status_code == 404
    assert other.post("/imports", {"file": upload({})}).status_code == 404
    assert other.post("/imports", {"check": str(check.number)}).status_code == 404
    assert not School.objects.exists()


def test_an_import_whose_worker_is_killed_leaves_nothing_and_is_done_whole_by_the_next(
    bea: Client, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    from marketplace.organisations.services.gias import job as register

    check = checked(bea, upload({}, {}))
    bea.post("/imports", {"check": str(check.number)})

    class Killed(BaseException):
        """Nothing catches it."""

    def killed(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(register, "_end", killed)
        with pytest.raises(Killed):
            jobs.work_one()
    assert not School.objects.exists()
    Job.objects.filter(state="running").update(heartbeat_at="2020-01-01T00:00Z")
    assert jobs.work_one()
    assert School.objects.count() == 2 and Event.objects.filter(kind="register.imported").count() == 1
