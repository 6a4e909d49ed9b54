"""Repayment requests to providers that are withdrawn."""

import django.db.models.deletion
from django.db import migrations, models

from invoicing.provider_invoices.guards import (
    CLAIM_FUNCTIONS,
    CLAIM_TRIGGERS,
    WITHDRAWAL_FUNCTIONS,
    WITHDRAWAL_TRIGGERS,
)
from marketplace.core.triggers import install


def guard(apps, schema_editor):
    install(
        schema_editor.connection,
        [*CLAIM_FUNCTIONS, *WITHDRAWAL_FUNCTIONS],
        [*CLAIM_TRIGGERS, *WITHDRAWAL_TRIGGERS],
    )


_ACTIONS = [('credit_note', 'Credit note'), ('write_off', 'Write-off'), ('refund', 'Refund'), ('carry', 'Money carried to another customer'), ('withdrawal', 'Withdrawn repayment request')]


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0007_provider_credits")]
    operations = [
        migrations.AlterField(
            model_name="financelimit",
            name="action",
            field=models.CharField(choices=_ACTIONS, max_length=11),
        ),
        migrations.AlterField(
            model_name="preparedaction",
            name="action",
            field=models.CharField(choices=_ACTIONS, max_length=11),
        ),
        migrations.AlterField(
            model_name="unallocateditem",
            name="kind",
            field=models.CharField(choices=[('receipt', 'Receipt'), ('credit_note', 'Credit note'), ('carried', 'Carried from another customer'), ('write_off', 'Written off'), ('journal', 'Council journal'), ('netted', 'Set off against what we owe'), ('withdrawn', 'Request withdrawn')], max_length=12),
        ),
        migrations.CreateModel(
            name='ClaimWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('claim', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='invoicing.claimback')),
                ('allocation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.allocation')),
                ('pence', models.BigIntegerField()),
                ('reason', models.CharField(max_length=240)),
                ('withdrawn_on', models.DateField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pence__gt', 0)), name='claim_withdrawal_positive')],
            },
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
