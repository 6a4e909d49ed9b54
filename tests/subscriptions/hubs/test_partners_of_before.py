"""Applications that were sent before partners were asked: migration 0010 lets them stand."""

from importlib import import_module

import pytest
from django.db import connection

from marketplace.core.triggers import differences
from subscriptions.hubs.models import HubPartner
from subscriptions.hubs.services.applying import save_application, start_application, submit_application
from subscriptions.hubs.services.partnering import answer_partner, name_partner
from tests.invoicing.books import run_sql
from tests.subscriptions.hubs.calling import APPLIED, OFFER

pytestmark = pytest.mark.django_db
SENT_BEFORE = import_module("subscriptions.migrations.0010_hub_partners").SENT_BEFORE


def test_what_was_sent_counts_as_confirmed_then_and_a_draft_is_still_asked(call, head, elm, birch, birch_head):
    sent = start_application(call=call, lead=elm, at=APPLIED, actor=head)
    save_application(application=sent, offer=OFFER, at=APPLIED, actor=head)
    partner = name_partner(application=sent, school=birch, part="Hosts training", actor=head)
    answer_partner(partner=partner, confirms=True, at=APPLIED, actor=birch_head)
    submit_application(application=sent, at=APPLIED, actor=head)
    draft = start_application(call=call, lead=birch, at=APPLIED, actor=birch_head)
    asked = name_partner(application=draft, school=elm, part="Lends a room", actor=birch_head)
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET LOCAL session_replication_role = replica")
    run_sql("UPDATE subscriptions_hubpartner SET answer = 'asked', answered_at = NULL, answered_by_id = NULL")
    run_sql("SET LOCAL session_replication_role = DEFAULT")

    run_sql(SENT_BEFORE)

    stands = {one.pk: (one.answer, one.answered_at, one.answered_by_id) for one in HubPartner.objects.all()}
    sent.refresh_from_db()
    assert stands == {partner.pk: ("confirmed", sent.submitted_at, None), asked.pk: ("asked", None, None)}
    assert differences(connection) == [], "every guard is in place again"
