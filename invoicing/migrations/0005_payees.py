"""Payee accounts and payments that are held."""

import django.db.models.deletion
from django.db import migrations, models

from invoicing.payees import guards
from marketplace.core.triggers import install


def install_guards(apps, schema_editor):
    install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0004_self_billing"), ("organisations", "0005_cost_centre")]
    operations = [
        migrations.CreateModel(
            name='PayeeAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payee_accounts', to='organisations.organisation')),
                ('version', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('asked', 'To confirm'), ('confirmed', 'Confirmed'), ('refused', 'Refused'), ('replaced', 'Replaced')], default='asked', max_length=9)),
                ('account_name', models.CharField(max_length=70)),
                ('sort_code', models.CharField(max_length=6)),
                ('account_number', models.CharField(max_length=8)),
                ('modulus', models.CharField(choices=[('valid', 'The digits fit each other'), ('not_checked', 'Not checked by arithmetic')], max_length=11)),
                ('asked_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('asked_on', models.DateField()),
                ('confirmed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('confirmed_on', models.DateField(null=True)),
                ('how_checked', models.CharField(blank=True, max_length=240)),
                ('usable_from', models.DateField(null=True)),
                ('refused_reason', models.CharField(blank=True, max_length=240)),
            ],
            options={
                'indexes': [models.Index(fields=['state', '-id'], name='payee_account_state')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'version'), name='payee_account_version_once'), models.UniqueConstraint(condition=models.Q(('state', 'confirmed')), fields=('organisation',), name='payee_account_one_in_force'), models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('organisation',), name='payee_account_one_asked'), models.CheckConstraint(condition=models.Q(('account_number__regex', '^[0-9]{8}$'), ('sort_code__regex', '^[0-9]{6}$'), models.Q(('account_name', ''), _negated=True)), name='payee_account_digits'), models.CheckConstraint(condition=models.Q(('confirmed_by__isnull', True), models.Q(('confirmed_by', models.F('asked_by')), _negated=True), _connector='OR'), name='payee_account_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_by__isnull', False), ('confirmed_on__isnull', False), ('state__in', ['confirmed', 'replaced']), ('usable_from__gte', models.F('confirmed_on')), models.Q(('how_checked', ''), _negated=True)), models.Q(('confirmed_by__isnull', True), ('state__in', ['asked', 'refused']), ('usable_from__isnull', True)), _connector='OR'), name='payee_account_confirmed_whole'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('refused_reason', ''), _negated=True), _connector='OR'), name='payee_account_says_why')],
            },
        ),
        migrations.CreateModel(
            name='PaymentHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_key', models.CharField(max_length=120, unique=True)),
                ('provider', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payment_holds', to='organisations.organisation')),
                ('payable_source', models.CharField(blank=True, max_length=120)),
                ('reason', models.CharField(max_length=240)),
                ('held_on', models.DateField()),
                ('lifted_on', models.DateField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('lifted_on__isnull', True)), fields=['provider'], name='payment_hold_in_force'), models.Index(fields=['-id'], name='payment_hold_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('source_key', ''), _negated=True)), name='payment_hold_says_why'), models.CheckConstraint(condition=models.Q(('lifted_on__isnull', True), ('lifted_on__gte', models.F('held_on')), _connector='OR'), name='payment_hold_in_order')],
            },
        ),
        migrations.RunPython(install_guards, migrations.RunPython.noop),
    ]
