import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from invoicing.vat import triggers as vat
from marketplace.core import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, vat.FUNCTIONS, vat.TRIGGERS)


class Migration(migrations.Migration):

    dependencies = [
        ('invoicing', '0009_billing_choices'),
        ('organisations', '0004_invoice_grouping'),
    ]

    operations = [
        migrations.CreateModel(
            name='VatReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('category', models.CharField(choices=[('S', 'Standard rate'), ('Z', 'Zero rated'), ('E', 'Exempt'), ('O', 'Outside the scope of VAT'), ('AE', 'Reverse charge'), ('NS', 'No supply: not invoiced')], max_length=2)),
                ('words', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('category'), django.db.models.functions.text.Lower('words'), name='vat_reason_once'), models.CheckConstraint(condition=models.Q(models.Q(('category__in', ['O', 'NS']), _negated=True), models.Q(('words', ''), _negated=True), _connector='OR'), name='vat_reason_of_o_has_words')],
            },
        ),
        migrations.CreateModel(
            name='VatFacts',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('registered', models.BooleanField()),
                ('vat_number', models.CharField(blank=True, max_length=20)),
                ('eligible_body', models.BooleanField(default=False)),
                ('private_school', models.BooleanField(default=False)),
                ('abroad', models.BooleanField(default=False)),
                ('evidence', models.CharField(max_length=240)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vat_facts', to='organisations.organisation')),
            ],
            options={
                'verbose_name_plural': 'VAT facts',
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('organisation_id'), models.F('organisation_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='vat_facts_no_overlap'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='vat_facts_dates'), models.CheckConstraint(condition=models.Q(('evidence', ''), _negated=True), name='vat_facts_have_evidence'), models.CheckConstraint(condition=models.Q(('registered', True), ('vat_number', ''), _connector='OR'), name='vat_number_if_registered'), models.CheckConstraint(condition=models.Q(('eligible_body', True), ('private_school', True), _negated=True), name='private_school_is_not_eligible')],
            },
        ),
        migrations.CreateModel(
            name='VatBox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('in_box_six', models.BooleanField()),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='boxes', to='invoicing.vatreason')),
            ],
            options={
                'verbose_name_plural': 'VAT boxes',
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('reason_id'), models.F('reason_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='vat_box_no_overlap'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='vat_box_dates')],
            },
        ),
        migrations.CreateModel(
            name='VatRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.PositiveSmallIntegerField(choices=[(1, '1. Is anything supplied?'), (2, '2. Does the supplier charge VAT?'), (3, '3. Where is it supplied?'), (4, '4. What is supplied by whom?')])),
                ('kind', models.PositiveSmallIntegerField(choices=[(0, 'Anything'), (1, 'Training'), (2, 'Consultancy'), (3, 'Goods'), (4, 'Printed books and e-books'), (5, 'Seconded teacher'), (6, 'Other services'), (7, 'Grant, for which nothing is given in return'), (8, 'Interest or fixed sum for late payment'), (9, 'Recharged mileage and travel'), (10, 'Cancellation or early-termination fee')], default=0)),
                ('standing', models.PositiveSmallIntegerField(choices=[(0, 'Any supplier'), (1, 'Eligible body'), (2, 'Registered for VAT, no eligible body'), (3, 'Not registered for VAT'), (4, 'Private school'), (5, 'Supplier abroad')], default=0)),
                ('place', models.PositiveSmallIntegerField(choices=[(0, 'Any place'), (1, 'Customer in the United Kingdom'), (2, 'Customer abroad')], default=0)),
                ('relation', models.PositiveSmallIntegerField(choices=[(0, 'Any relation'), (1, 'Two separate persons'), (2, 'A council and its maintained schools'), (3, 'One legal person')], default=0)),
                ('funding', models.PositiveSmallIntegerField(choices=[(0, 'Any money'), (1, "The customer's own money"), (2, "A maintained school's delegated budget"), (3, 'A private school fund'), (4, 'A grant that the customer holds')], default=0)),
                ('buyer', models.PositiveSmallIntegerField(choices=[(0, 'Any customer'), (1, 'Customer an eligible body'), (2, 'Customer no eligible body')], default=0)),
                ('source', models.CharField(help_text='The Act or notice that says so.', max_length=200)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('used', models.BooleanField(default=False)),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='invoicing.vatreason')),
            ],
            options={
                'ordering': ['question', '-place', '-relation', '-kind', '-standing', '-buyer', '-funding', 'valid_from'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('question'), models.F('question'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('kind'), models.F('kind'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('standing'), models.F('standing'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('place'), models.F('place'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('relation'), models.F('relation'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('funding'), models.F('funding'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('buyer'), models.F('buyer'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='vat_rule_no_overlap'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='vat_rule_dates'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='vat_rule_has_source'), models.CheckConstraint(condition=models.Q(('kind__lte', 8)), name='vat_rule_kind_decides')],
            },
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
