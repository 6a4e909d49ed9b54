"""The commands as an operator runs them, in processes of their own, on books that were tampered with and committed."""

import os
import subprocess
import sys

import pytest
from django.core.management import call_command

from tests.invoicing.books import run_sql
from tests.invoicing.races.processes import ROOT, database_url

pytestmark = pytest.mark.django_db(transaction=True)


def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url()},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_verify_ledger_leaves_with_0_on_sound_books_and_with_1_on_others(small_world):
    sound = manage("verify_ledger")
    assert (sound.returncode, sound.stderr) == (0, "")
    assert "checks hold." in sound.stdout.splitlines()[-1]
    run_sql("SET session_replication_role = replica")
    run_sql("UPDATE invoicing_movement SET pence = pence + 1 WHERE id = (SELECT max(id) FROM invoicing_movement)")
    run_sql("SET session_replication_role = DEFAULT")
    found = manage("verify_ledger")
    assert found.returncode == 1
    assert "2 entries-unchanged" in found.stderr
    assert "is not as it was written" in found.stdout


def test_the_check_fails_without_a_trigger_and_passes_once_it_is_mended(partnership):
    run_sql("DROP TRIGGER invoicing_document_guard ON invoicing_document")
    try:
        broken = manage("check", "--database", "default")
        mended = manage("install_guards")
    finally:
        call_command("install_guards")
    assert broken.returncode == 1
    assert "trigger invoicing_document_guard on invoicing_document is missing" in broken.stderr
    assert mended.returncode == 0
    assert "mended: trigger invoicing_document_guard on invoicing_document is missing" in mended.stdout
    again = manage("check", "--database", "default")
    assert again.returncode == 0, again.stderr
