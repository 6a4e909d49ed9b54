"""The whole ledger as a file, made by a job: for finance and the auditor, and nobody else."""

import gzip
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from invoicing.documents.models import Document
from invoicing.ledger.hledger import journal_lines
from marketplace.core import jobs
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Job
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import person

pytestmark = pytest.mark.django_db
EXPORT = "/finance/ledger"


@pytest.fixture
def exported(priya: Client, charges: Charges, oakfield: Organisation, bill: Callable[..., list[Document]]) -> Job:
    """Two invoices' entries, exported by the finance officer."""
    charges(oakfield, 10000, purchase_order="PO-1")
    charges(oakfield, 5000, purchase_order="PO-2")
    bill()
    assert "Export the whole ledger" in text_of(priya.get("/finance/ledger"))
    answer = priya.post(EXPORT)
    job = Job.objects.get()
    assert answer["Location"] == reverse("job", kwargs={"number": job.number})
    assert priya.post(EXPORT)["Location"] == answer["Location"]  # the one that waits
    assert jobs.work_one() and not jobs.work_one()
    job.refresh_from_db()
    return job


def address(job: Job) -> str:
    return reverse("job-file", kwargs={"number": job.number})


def test_the_file_is_the_ledger_and_balances_in_another_program(exported: Job, edith: Client, tmp_path: Path) -> None:
    assert (exported.state, exported.done, exported.accepted) == ("done", 2, 2)
    page = text_of(edith.get(reverse("job", kwargs={"number": exported.number})))
    assert "All 2 entries done." in page and "Download the file" in page
    answer = edith.get(address(exported))
    assert answer["Content-Disposition"] == 'attachment; filename="ledger.journal.gz"'
    journal = gzip.decompress(answer.content).decode()
    assert journal.splitlines() == list(journal_lines()) and "£100.00" in journal
    if not shutil.which("hledger"):
        pytest.skip("hledger is not installed: Debian has it")
    file = tmp_path / "ledger.journal"
    file.write_text(journal)
    done = subprocess.run(["hledger", "-f", str(file), "check", "--strict"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_who_may_not_read_the_ledger_gets_no_file_even_where_the_job_is_seen(
    exported: Job, partnership: Organisation, actor: Actor, amira: Client
) -> None:
    bea = signed_in(person(partnership, actor, name="Bea Administrator", role=Role.ADMINISTRATOR))
    page = bea.get(reverse("job", kwargs={"number": exported.number}))
    assert page.status_code == 200 and "Download" not in text_of(page)
    for outsider in (bea, amira):
        assert outsider.get(address(exported)).status_code == 404
        assert outsider.post(EXPORT).status_code == 404
    assert Client().get(address(exported)).status_code == 302
    assert Job.objects.count() == 1


def test_the_auditor_has_the_file_and_starts_nothing(exported: Job, edith: Client) -> None:
    assert "Export the whole ledger" not in text_of(edith.get(EXPORT))
    assert edith.post(EXPORT).status_code == 403 and Job.objects.count() == 1
    assert edith.get(address(exported)).status_code == 200
