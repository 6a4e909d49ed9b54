"""VAT returns, and the account on which stands what is owed to HMRC."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

from invoicing.vat_returns.guards import FUNCTIONS, TRIGGERS
from marketplace.core.triggers import install


def guard(apps, schema_editor):
    install(schema_editor.connection, FUNCTIONS, TRIGGERS)


def account(apps, schema_editor):
    """Books that were begun before get the account; new ones get it with their chart."""
    accounts = apps.get_model("invoicing", "LedgerAccount").objects
    if accounts.exists():
        accounts.get_or_create(code="2220", defaults={"name": "VAT due to HMRC", "type": "liability", "control": False})


class Migration(migrations.Migration):

    dependencies = [
        ('invoicing', '0008_claims_withdrawn'),
        ('organisations', '0001_schema'),
    ]

    operations = [
        migrations.CreateModel(
            name='VatReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.DateField()),
                ('end', models.DateField()),
                ('state', models.CharField(choices=[('prepared', 'Prepared'), ('locked', 'Locked'), ('sent', 'Sent to HMRC'), ('withdrawn', 'Withdrawn')], default='prepared', max_length=9)),
                ('prepared_at', models.DateTimeField()),
                ('locked_at', models.DateTimeField(null=True)),
                ('sales_vat_pence', models.BigIntegerField(null=True)),
                ('purchases_vat_pence', models.BigIntegerField(null=True)),
                ('sales_net_pence', models.BigIntegerField(null=True)),
                ('purchases_net_pence', models.BigIntegerField(null=True)),
                ('sent_on', models.DateField(null=True)),
                ('receipt', models.CharField(blank=True, help_text='What HMRC answered: the form bundle number.', max_length=60)),
                ('entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.journalentry')),
                ('locked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('prepared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
            ],
        ),
        migrations.CreateModel(
            name='VatReturnEntry',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='invoicing.journalentry')),
                ('vat_return', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='invoicing.vatreturn')),
            ],
            options={
                'verbose_name_plural': 'VAT return entries',
            },
        ),
        migrations.CreateModel(
            name='VatReturnPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('box', models.PositiveSmallIntegerField()),
                ('category', models.CharField(max_length=20)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('counts', models.BooleanField()),
                ('pence', models.BigIntegerField()),
                ('late_pence', models.BigIntegerField()),
                ('vat_return', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='invoicing.vatreturn')),
            ],
        ),
        migrations.AddConstraint(
            model_name='vatreturn',
            constraint=models.CheckConstraint(condition=models.Q(('end__day', 1), ('start__day', 1), ('start__lt', models.F('end'))), name='vat_return_of_whole_months'),
        ),
        migrations.AddConstraint(
            model_name='vatreturn',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), expressions=[(models.Func('start', 'end', function='daterange'), '&&')], name='vat_returns_do_not_overlap'),
        ),
        migrations.AddConstraint(
            model_name='vatreturn',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('locked_at__isnull', True), ('locked_by__isnull', True), ('purchases_net_pence__isnull', True), ('purchases_vat_pence__isnull', True), ('sales_net_pence__isnull', True), ('sales_vat_pence__isnull', True), ('state__in', ['prepared', 'withdrawn'])), models.Q(('locked_at__isnull', False), ('locked_by__isnull', False), ('purchases_net_pence__isnull', False), ('purchases_vat_pence__isnull', False), ('sales_net_pence__isnull', False), ('sales_vat_pence__isnull', False), ('state__in', ['locked', 'sent']), models.Q(('locked_by', models.F('prepared_by')), _negated=True)), _connector='OR'), name='vat_return_locked_by_two'),
        ),
        migrations.AddConstraint(
            model_name='vatreturn',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_on__isnull', False), ('state', 'sent'), models.Q(('receipt', ''), _negated=True)), models.Q(models.Q(('state', 'sent'), _negated=True), ('receipt', ''), ('sent_on__isnull', True)), _connector='OR'), name='vat_return_sent_with_receipt'),
        ),
        migrations.AddConstraint(
            model_name='vatreturnpart',
            constraint=models.CheckConstraint(condition=models.Q(('box__in', [6, 7])), name='vat_return_part_of_a_net'),
        ),
        migrations.AddConstraint(
            model_name='vatreturnpart',
            constraint=models.UniqueConstraint(fields=('vat_return', 'box', 'category', 'reason', 'counts'), name='vat_return_part_once'),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
        migrations.RunPython(account, migrations.RunPython.noop),
    ]
