"""What is claimed back of providers' credit notes; asking somebody without a login to release a payment batch."""

import django.db.models.deletion
from django.db import migrations, models

from invoicing.paying_out.guards import LINK_FUNCTIONS, LINK_TRIGGERS
from invoicing.provider_invoices.guards import CLAIM_FUNCTIONS, CLAIM_TRIGGERS
from marketplace.core.triggers import install


def guard(apps, schema_editor):
    install(schema_editor.connection, [*CLAIM_FUNCTIONS, *LINK_FUNCTIONS], [*CLAIM_TRIGGERS, *LINK_TRIGGERS])


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0006_payment_batches"), ("organisations", "0005_cost_centre")]
    operations = [
        migrations.RemoveConstraint(model_name="document", name="credit_note_names_invoice"),
        migrations.AlterField(
            model_name="document",
            name="kind",
            field=models.CharField(choices=[('invoice', 'Invoice'), ('credit_note', 'Credit note'), ('opening', 'Earlier invoice'), ('self_billed', 'Self-billed invoice'), ('self_billed_credit', 'Self-billed credit note'), ('claim_back', 'Repayment request')], max_length=18),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('credits__isnull', False), ('kind__in', ['credit_note', 'self_billed_credit'])), models.Q(('credits__isnull', True), ('kind__in', ['invoice', 'opening', 'self_billed', 'claim_back'])), _connector='OR'), name='credit_note_names_invoice'),
        ),
        migrations.CreateModel(
            name='ClaimBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('credit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='invoicing.providerinvoice')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='claim', to='invoicing.document')),
                ('pence', models.BigIntegerField()),
            ],
            options={
                'verbose_name_plural': 'claims back',
                'constraints': [models.CheckConstraint(condition=models.Q(('pence__gt', 0)), name='claim_back_positive')],
            },
        ),
        migrations.CreateModel(
            name='ReleaseRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='release_requests', to='invoicing.paymentbatch')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('asked_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('asked_at', models.DateTimeField()),
                ('form', models.CharField(choices=[('standard18', 'Bacs Standard 18'), ('pain001', 'ISO 20022 pain.001'), ('csv', 'Plain CSV')], max_length=10)),
                ('content_hash', models.CharField(max_length=64)),
                ('answer', models.CharField(blank=True, choices=[('released', 'Released'), ('declined', 'Not released'), ('withdrawn', 'Asked no longer')], max_length=9)),
                ('answered_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=240)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('answer', '')), fields=('batch',), name='release_request_one_open'), models.CheckConstraint(condition=models.Q(('asked_by', models.F('person')), _negated=True), name='release_request_not_oneself'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='release_request_answered_once'), models.CheckConstraint(condition=models.Q(models.Q(('answer', 'declined'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='release_request_says_why')],
            },
        ),
        migrations.CreateModel(
            name='ReleaseLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='invoicing.releaserequest')),
            ],
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
