"""A file is answered to be saved, under its own name whatever the name is."""

import pytest

from marketplace.core.api.binary import file_answer


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("plan.pdf", 'attachment; filename="plan.pdf"'),
        ("Übersicht.pdf", "attachment; filename=\"_bersicht.pdf\"; filename*=UTF-8''%C3%9Cbersicht.pdf"),
        ('a"b.pdf', "attachment; filename=\"a_b.pdf\"; filename*=UTF-8''a%22b.pdf"),
    ],
)
def test_a_name_beyond_ascii_is_given_plainly_and_whole(name, said):
    answer = file_answer(b"%PDF-", kind="application/pdf", name=name)
    assert (answer["Content-Disposition"], answer["Content-Type"]) == (said, "application/pdf")
    assert (answer["X-Content-Type-Options"], answer.content) == ("nosniff", b"%PDF-")
    assert answer["Content-Security-Policy"].startswith("sandbox")
