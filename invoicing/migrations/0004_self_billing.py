"""Self-billing agreements and providers' invoices."""

import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from invoicing.provider_invoices.guards import FUNCTIONS, TRIGGERS
from marketplace.core.triggers import install


def guard(apps, schema_editor):
    install(schema_editor.connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_lighter_places"),
        ("invoicing", "0003_provider_invoices"),
        ("organisations", "0005_cost_centre"),
    ]
    operations = [
        migrations.RemoveConstraint(model_name="document", name="credit_note_names_invoice"),
        migrations.AlterField(
            model_name="document",
            name="kind",
            field=models.CharField(choices=[('invoice', 'Invoice'), ('credit_note', 'Credit note'), ('opening', 'Earlier invoice'), ('self_billed', 'Self-billed invoice'), ('self_billed_credit', 'Self-billed credit note')], max_length=18),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('credits__isnull', False), ('kind__in', ['credit_note', 'self_billed_credit'])), models.Q(('credits__isnull', True), ('kind__in', ['invoice', 'opening', 'self_billed'])), _connector='OR'), name='credit_note_names_invoice'),
        ),
        migrations.CreateModel(
            name="SelfBillingAgreement",
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('vat_registered', models.BooleanField()),
                ('vat_number', models.CharField(blank=True, max_length=20)),
                ('vat_holder', models.CharField(blank=True, max_length=200)),
                ('offered_on', models.DateField()),
                ('signed_on', models.DateField(null=True)),
                ('signed_name', models.CharField(blank=True, max_length=120)),
                ('ended_on', models.DateField(null=True)),
                ('reason', models.CharField(blank=True, max_length=240)),
                ('file', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ('offered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('provider', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='self_billing_agreements', to='organisations.organisation')),
                ('signed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
            ],
            options={
                "indexes": [
                    models.Index(fields=['provider', '-valid_from'], name='self_billing_provider'),
                    models.Index(fields=['-id'], name='self_billing_newest'),
                    models.Index(fields=['valid_to'], name='self_billing_ends'),
                ],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('provider_id'), models.F('provider_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='self_billing_no_overlap'),
                    models.CheckConstraint(condition=models.Q(('valid_to__gt', models.F('valid_from')), ('valid_to__lte', django.db.models.expressions.CombinedExpression(models.F('valid_from'), '+', models.Value(datetime.timedelta(days=366))))), name='self_billing_year_at_most'),
                    models.CheckConstraint(condition=models.Q(models.Q(('vat_registered', True), models.Q(('vat_number', ''), _negated=True)), models.Q(('vat_number', ''), ('vat_registered', False)), _connector='OR'), name='self_billing_number_iff_registered'),
                    models.CheckConstraint(condition=models.Q(models.Q(('signed_name', ''), ('signed_on__isnull', True)), models.Q(('signed_on__isnull', False), models.Q(('signed_name', ''), _negated=True)), _connector='OR'), name='self_billing_signed_by_name'),
                    models.CheckConstraint(condition=models.Q(models.Q(('ended_on__isnull', True), ('reason', '')), models.Q(('ended_on__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='self_billing_end_says_why'),
                ],
            },
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
