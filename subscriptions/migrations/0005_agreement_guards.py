"""Numbers of agreements, how often one was changed, and the guards over what was agreed."""

from django.db import connection, migrations, models

from marketplace.core.triggers import install
from subscriptions.agreements.guards import FUNCTIONS, TRIGGERS


def install_guards(apps: object, schema_editor: object) -> None:
    install(connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0004_agreements")]
    operations = [
        migrations.AddField(
            "agreement", "changes", models.PositiveIntegerField(db_default=0, default=0, editable=False)
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE subscriptions_agreement_numbers", "DROP SEQUENCE subscriptions_agreement_numbers"
        ),
        migrations.RunPython(install_guards, migrations.RunPython.noop),
    ]
