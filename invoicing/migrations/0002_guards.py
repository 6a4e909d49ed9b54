from django.db import migrations

from invoicing.documents import triggers as documents
from invoicing.ledger import triggers as ledger
from marketplace.core import triggers


def install(apps, schema_editor):
    for guards in (ledger, documents):
        triggers.install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


CONTROL = """
ALTER TABLE invoicing_movement
    ADD CONSTRAINT movement_debit_account FOREIGN KEY (debit_account_id, debit_control)
        REFERENCES invoicing_ledgeraccount (code, control),
    ADD CONSTRAINT movement_credit_account FOREIGN KEY (credit_account_id, credit_control)
        REFERENCES invoicing_ledgeraccount (code, control)
"""
NO_CONTROL = """
ALTER TABLE invoicing_movement DROP CONSTRAINT movement_debit_account, DROP CONSTRAINT movement_credit_account
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0001_initial"), ("core", "0002_guards")]
    operations = [
        migrations.RunSQL(CONTROL, NO_CONTROL),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
