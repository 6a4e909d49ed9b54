"""Invariants of accreditation, recomputed from scratch in plain SQL by ``verify_ledger``."""

from marketplace.core.verification import Invariant, register

EVIDENCE_CHECKED = Invariant(
    number=24,
    name="evidence-checked-by-another",
    claim="Nobody accepted evidence that they gave themselves",
    checked="SELECT count(*) FROM providers_evidence WHERE state <> 'submitted'",
    broken="""
        SELECT 'evidence ' || e.id || ' was checked by the person who gave it'
        FROM providers_evidence AS e
        WHERE e.state <> 'submitted' AND e.checked_by_id = e.given_by_id
    """,
)

DECIDED_APART = Invariant(
    number=24,
    name="accreditation-decided-apart",
    claim="Nobody decided on their own accreditation, on the appeal against their own decision, or countersigned alone",
    checked="SELECT count(*) FROM providers_application WHERE decided_on IS NOT NULL",
    broken="""
        SELECT 'application ' || a.number || ' was decided by the wrong person'
        FROM providers_application AS a JOIN providers_consultant AS c ON c.id = a.consultant_id
        WHERE a.decided_by_id IN (c.person_id, a.appeal_decided_by_id, a.submitted_by_id)
           OR a.countersigned_by_id = a.signed_by_id
           OR a.appeal_decided_by_id IN (c.person_id, a.submitted_by_id)
    """,
)

ACCREDITED_BY_DECISION = Invariant(
    number=28,
    name="accreditation-by-decision",
    claim="Every accreditation that came of an application has one that was agreed and signed by both sides",
    checked="SELECT count(*) FROM providers_accreditation",
    broken="""
        SELECT 'accreditation ' || x.id || ' has no signed application of its consultant'
        FROM providers_accreditation AS x JOIN providers_application AS a ON a.id = x.application_id
        WHERE a.consultant_id <> x.consultant_id OR a.state <> 'accredited' OR a.countersigned_on IS NULL
    """,
)

register(EVIDENCE_CHECKED, DECIDED_APART, ACCREDITED_BY_DECISION)
