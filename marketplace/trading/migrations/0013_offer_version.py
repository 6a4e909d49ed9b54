"""Which version of an offer was ordered; the lines that stand were ordered as the first version says."""

import django.db.models.deletion
from django.db import migrations, models

from marketplace.core import triggers
from marketplace.trading.guards import VERSION, VERSION_TRIGGERS

_FILL = """
UPDATE trading_orderline l SET offer_version_id = v.id
FROM catalogue_offerversion v WHERE v.offer_id = l.offer_id AND v.number = 1;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED
"""


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, [VERSION], VERSION_TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0012_desk"),
        ("catalogue", "0009_offers"),
    ]
    operations = [
        migrations.AddField(
            "orderline",
            "offer_version",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="order_lines",
                to="catalogue.offerversion",
            ),
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
