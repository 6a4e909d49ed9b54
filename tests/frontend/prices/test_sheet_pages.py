"""The catalogue's spreadsheet on its page: taken out, checked, saved."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalogue.models import Offer

PAGE = "/organise/catalogue"
HEAD = "offer,date,for,from,ends_before,price,per,unit,rule\n"


def check(client: Client, text: str) -> Any:
    return client.post(PAGE, {"file": SimpleUploadedFile("prices.csv", text.encode()), "do": "check"})


def body(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_sheet_is_taken_out_as_a_file(olu: Client, course: Offer) -> None:
    assert "/organise/catalogue/prices.csv" in body(olu.get(PAGE))
    answer = olu.get("/organise/catalogue/prices.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="prices.csv"'
    assert "safeguarding,,member,01/01/2020,,140,quantity,,,no" in answer.content.decode()
    assert olu.get("/organise/catalogue/colours.csv").status_code == 404


def test_a_check_keeps_nothing_and_what_was_checked_is_saved(olu: Client, course: Offer) -> None:
    answer = check(olu, f"{HEAD}safeguarding,,any,1/9/2026,,12,,,\n")
    assert "1 would be added, 0 changed, 0 stay as they are" in body(answer)
    assert course.prices.count() == 2
    found = re.search(r'name="content"[^>]*value="([^"]*)"', answer.content.decode())
    assert found is not None
    done = olu.post(PAGE, {"content": found[1], "do": "save"}, follow=True)
    assert "The sheet of prices was brought in: 1 added, 0 changed, 0 as they were." in body(done)
    assert course.prices.count() == 3


def test_mistakes_stand_in_a_table_and_nothing_is_saved(olu: Client, course: Offer) -> None:
    answer = check(olu, f"{HEAD}safeguarding,,friend,1/9/2026,,12,,,\nsafeguarding,,any,1/9/2026,,12,,,\n")
    assert answer.status_code == 400
    assert "1 line must be mended first" in body(answer)
    assert "For must be one of any, member" in body(answer)
    assert 'name="content"' not in answer.content.decode() or 'value="save"' not in answer.content.decode()
    assert course.prices.count() == 2


def test_a_file_that_is_no_sheet_is_refused_beside_its_box(olu: Client, course: Offer) -> None:
    assert "Choose the sheet that you want to bring in" in body(olu.post(PAGE, {"do": "check"}))
    assert "the column code is missing" in body(check(olu, "colour\nred\n"))
    assert "must be a CSV file with text" in body(olu.post(PAGE, {"content": "%%%", "do": "save"}))
