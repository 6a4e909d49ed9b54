"""The catalogue as a spreadsheet: out and in again changes nothing; a mistake is told by line and column."""

from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from catalogue.models import CourseRun, Offer, Price
from catalogue.rules.classes import PriceClass
from catalogue.sheets.reading import WrongSheet, decode, read
from catalogue.sheets.services import SHEETS, Report, SheetRefused, check_sheet, export_sheet, import_sheet
from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation
from tests.shop import Shop

ON = date(2026, 9, 1)
HEAD = "code,kind,provider,title,supply_kind,cfr_code"
DATES = "offer,code,mode,venue,meetings,places,minimum,decide_by"
PRICES = "offer,date,for,from,ends_before,price,per,unit,rule"


@pytest.fixture
def olu(partnership: Organisation) -> Actor:
    """An organiser."""
    return Actor(None, None, "Olu Bright", frozenset({Grant(Role.ORGANISER, partnership.pk)}))


@pytest.fixture
def course(shop: Shop) -> Offer:
    made = shop.course(themes=["Safeguarding"], phases=["primary"], summary="=2+2 and more")
    shop.run(made, places=12, min_numbers=4)
    return made


def check(text: str, actor: Actor) -> Report:
    return check_sheet(content=text.encode(), on=ON, actor=actor)


def bring(text: str, actor: Actor) -> Report:
    return import_sheet(content=text.encode(), on=ON, actor=actor)


def counts(report: Report) -> tuple[int, int, int]:
    return report.added, report.changed, report.same


def sentences(text: str, actor: Actor) -> list[str]:
    """What a check tells; the import refuses the same file with the same sentences and keeps nothing."""
    before = (Offer.objects.count(), Price.objects.count(), CourseRun.objects.count(), Event.objects.count())
    told = [problem.sentence for problem in check(text, actor).problems]
    with pytest.raises(SheetRefused, match="nothing of it was taken over") as refused:
        bring(text, actor)
    assert refused.value.detail == told
    assert before == (Offer.objects.count(), Price.objects.count(), CourseRun.objects.count(), Event.objects.count())
    return told


@pytest.mark.parametrize("sheet", list(SHEETS))
def test_out_and_in_again_changes_nothing(sheet: str, course: Offer, shop: Shop, olu: Actor) -> None:
    shop.offer("advice", prices={PriceClass.ANY: {"sum": [{"flat": "400"}, {"rate": "9.50", "per": "staff"}]}})
    text = export_sheet(sheet=sheet, actor=olu)
    events = Event.objects.count()
    report = check(text, olu)
    assert report.problems == []
    assert counts(report) == (0, 0, report.lines)
    assert report.lines == {"offers": 2, "dates": 1, "prices": 3}[sheet]
    assert Event.objects.count() == events


def test_no_cell_is_run_by_a_spreadsheet(course: Offer, olu: Actor) -> None:
    assert ",'=2+2 and more," in export_sheet(sheet="offers", actor=olu)


def test_new_lines_are_added_and_a_check_keeps_nothing(course: Offer, olu: Actor) -> None:
    offers = f"{HEAD},themes,term_months\nhr,service,partnership,HR advice,other,E28a,Staff; Law,12\n"
    assert counts(check(offers, olu)) == (1, 0, 0)
    assert not Offer.objects.filter(code="hr").exists()
    assert counts(bring(offers, olu)) == (1, 0, 0)
    made = Offer.objects.get(code="hr")
    assert (made.state, made.themes, made.term_months) == ("draft", ["Staff", "Law"], 12)
    assert Event.objects.get(kind="catalogue.imported").payload["added"] == 1

    dates = f"{DATES}\nsafeguarding,sg-2,online,,24/3/2027 09:30 to 12:30; 31/3/2027 09:30 - 12:30,20,8,1/3/2027\n"
    assert counts(bring(dates, olu)) == (1, 0, 0)
    run = CourseRun.objects.get(code="sg-2")
    assert (run.meetings.count(), run.capacity, run.min_numbers, run.decide_by) == (2, 20, 8, date(2027, 3, 1))
    assert run.starts_at.isoformat() == "2027-03-24T09:30:00+00:00"
    assert run.ends_at.isoformat() == "2027-03-31T11:30:00+00:00"  # summer time began on 28 March

    prices = (
        f'{PRICES}\nhr,,member,1/9/2026,,£1150,,,\nhr,,any,1/9/2026,,,,,"{{""rate"": ""9.50"", ""per"": ""staff""}}"\n'
    )
    prices += "safeguarding,sg-2,member,1/9/2026,1/9/2027,95,quantity,place,\n"
    assert counts(bring(prices, olu)) == (3, 0, 0)
    assert Price.objects.get(offer=made, price_class=PriceClass.MEMBER).rule == {"flat": "1150"}
    assert Price.objects.get(run=run).valid_to == date(2027, 9, 1)


def test_what_stands_changes_where_it_may(course: Offer, shop: Shop, olu: Actor) -> None:
    draft = shop.offer("hr", published=False)
    offers = f"{HEAD}\nhr,service,partnership,HR with visits,other,E28a\n"
    offers += "safeguarding,course,partnership,Safeguarding for all,training,E09\n"
    assert counts(bring(offers, olu)) == (0, 2, 0)
    draft.refresh_from_db()
    course.refresh_from_db()
    assert draft.title == "HR with visits"
    assert course.title == "Safeguarding for new leaders"  # published: the change waits in a working copy
    assert course.draft.content["title"] == "Safeguarding for all"
    assert ",Safeguarding for all," in export_sheet(sheet="offers", actor=olu)

    words = export_sheet(sheet="dates", actor=olu).replace(",12,4,", ",15,4,")
    assert counts(bring(words, olu)) == (0, 1, 0)
    assert CourseRun.objects.get().capacity == 15

    prices = f"{PRICES}\nsafeguarding,,member,1/1/2020,1/9/2027,140,quantity,,\n"
    assert counts(bring(prices, olu)) == (0, 1, 0)
    assert Price.objects.get(price_class=PriceClass.MEMBER).valid_to == date(2027, 9, 1)
    assert counts(bring(prices, olu)) == (0, 0, 1)


def test_every_mistake_of_the_offers_is_told(course: Offer, olu: Actor) -> None:
    text = f"{HEAD},term_months,phases\n"
    text += "a b,service,partnership,One,other,E28a,,\n"
    text += "one,party,partnership,One,other,E28a,,\n"
    text += "two,service,nobody,Two,other,E28a,,\n"
    text += "three,service,partnership,=1+1,other,E28a,,\n"
    text += "four,service,partnership,Four,other,,,\n"
    text += "five,service,partnership,Five,other,E28a,twelve,\n"
    text += "six,service,partnership,Six,other,E28a,,secondary; cradle\n"
    text += "safeguarding,service,partnership,Safeguarding,training,E09,,\n"
    text += "seven,service,partnership,Seven,other,E28a,,\nseven,service,partnership,Seven,other,E28a,,\n"
    text += "eight,service,partnership,Eight,other,E28a,,,,more\n"
    assert sentences(text, olu) == [
        "Line 2, code: “a b”. Code must be letters, digits and hyphens, like safeguarding-leads",
        "Line 3, kind: “party”. Kind must be one of course, consultancy, service, resource, deal",
        "Line 4, provider: “nobody”. There is no provider with this code. Add the provider first",
        "Line 5, title: “=1+1”. Title must not be a formula. Write its value",
        "Line 6, cfr_code: Enter the CFR code",
        "Line 7, term_months: “twelve”. Months must be a whole number from 0 to 60",
        "Line 8: Phase must be one of nursery, primary, secondary, all-through, post-16, special, alternative provision,"
        " not cradle",
        "Line 9, kind: “service”. safeguarding is a course and stays one. Give another kind another code",
        "Line 11: The same stands on line 10 already. Remove one of them",
        "Line 12: There are more cells than columns. Is a comma outside quotes?",
    ]


def test_every_mistake_of_the_dates_is_told(course: Offer, olu: Actor) -> None:
    run = CourseRun.objects.get()
    held = "24/3/2027 09:30 to 15:30"
    text = f"{DATES}\n"
    text += f"nothing,x-1,online,,{held},20,,\n"
    text += "safeguarding,x-2,online,,tomorrow,20,,\n"
    text += "safeguarding,x-3,online,,24/3/2027 29:30 to 15:30,20,,\n"
    text += f"safeguarding,x-4,online,,{held},,,\n"
    text += "safeguarding,x-5,online,,24/3/2027 15:30 to 09:30,20,,\n"
    text += f"safeguarding,x-6,by post,,{held},20,,\n"
    text += f"safeguarding,{run.code},face to face,Elsewhere,{held},12,4,\n"
    told = sentences(text, olu)
    assert [sentence.partition(":")[0] for sentence in told] == [
        "Line 2, offer", "Line 3, meetings", "Line 4, meetings", "Line 5, places", "Line 6", "Line 7, mode",
        "Line 8, venue",
    ]  # fmt: skip
    assert "Meetings must be like 24/3/2027 09:30 to 15:30; 31/3/2027 09:30 to 15:30" in told[1]
    assert told[4] == "Line 6: The end of a course date must be after its start"
    assert told[6].endswith("stands already. Move or cancel it on its own page, so that people are told")


def test_every_mistake_of_the_prices_is_told(course: Offer, olu: Actor) -> None:
    text = f"{PRICES}\n"
    text += "nothing,,member,1/9/2026,,1,,,\n"
    text += "safeguarding,,friend,1/9/2026,,1,,,\n"
    text += "safeguarding,,any,31/2/2026,,1,,,\n"
    text += "safeguarding,,any,1/9/2026,,,,,\n"
    text += "safeguarding,,any,2/9/2026,,ten,,,\n"
    text += 'safeguarding,,any,3/9/2026,,1,,,"{}"\n'
    text += "safeguarding,none,any,4/9/2026,,1,,,\n"
    text += "safeguarding,,member,1/1/2020,,150,quantity,,\n"
    text += "safeguarding,,member,1/1/2021,,150,quantity,,\n"
    text += "safeguarding,,any,5/9/2026,1/9/2026,1,,,\n"
    told = sentences(text, olu)
    assert [sentence.partition(":")[0] for sentence in told] == [
        "Line 2, offer", "Line 3, for", "Line 4, from", "Line 5, price", "Line 6, price", "Line 7, rule",
        "Line 8, date", "Line 9, price", "Line 10", "Line 11",
    ]  # fmt: skip
    assert "A price that stands is not rewritten" in told[7]
    assert "already has a price for member on some of these dates" in told[8]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_spreadsheets_save_in_many_ways(encoding: str, separator: str) -> None:
    text = f"sep={separator}\r\n" if separator == ";" else ""
    text += f'code{separator}Title\r\none{separator}"A price of £5; naïve, no\tmore"\r\n\r\ntwo{separator}\'=1\r\n'
    columns, lines, problems = read(decode(text.encode(encoding)))
    assert (columns, problems) == (["code", "title"], [])
    assert [line.text("title") for line in lines] == ["A price of £5; naïve, no\tmore", "=1"]
    assert [line.number for line in lines] == ([3, 5] if separator == ";" else [2, 4])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "must be a CSV file with text"),
        (b"\x00\x01\x02", "must be a CSV file with text"),
        (b"a" * 2_000_001, "smaller than 2 MB"),
        (b"colour\nred\n", "the column code is missing"),
        (b"code,code\n", "the column code stands twice"),
        (f"{HEAD},colour\n".encode(), "the sheet of offers has no column colour"),
        (b'code,kind\n"one', "a quotation mark is not closed"),
    ],
)
def test_what_is_no_sheet_is_refused(content: bytes, words: str, olu: Actor) -> None:
    with pytest.raises(WrongSheet, match=words):
        check_sheet(content=content, on=ON, actor=olu)


def test_only_organisers_and_administrators_bring_it_in(course: Offer, partnership: Organisation, olu: Actor) -> None:
    text = export_sheet(sheet="offers", actor=olu)
    manager = Actor(None, None, "Moira Finance", frozenset({Grant(Role.FINANCE_MANAGER, partnership.pk)}))
    nobody = Actor(None, None, "Nora Nobody", frozenset())
    for verb in (check_sheet, import_sheet):
        with pytest.raises(NotAllowed):
            verb(content=text.encode(), on=ON, actor=manager)
    with pytest.raises(NotFound):
        export_sheet(sheet="offers", actor=nobody)
    with pytest.raises(DomainError, match="There is no sheet of colours"):
        export_sheet(sheet="colours", actor=olu)


def run_command(name: str, *arguments: str) -> tuple[int, str]:
    said, code = StringIO(), 0
    try:
        call_command(name, *arguments, stdout=said, stderr=said)
    except SystemExit as left:
        code = int(str(left.code))
    return code, said.getvalue()


def test_commands_take_it_out_and_bring_it_in(course: Offer, tmp_path: Path) -> None:
    assert run_command("export_catalogue", "--output", str(tmp_path / "out"))[0] == 0
    path = tmp_path / "out" / "prices.csv"
    assert run_command("import_catalogue", str(path), "--dry-run") == (
        0,
        "Prices: 0 would be added, 0 would be changed, 2 as they were.\nNothing was kept.\n",
    )
    path.write_text(path.read_text().replace(",140,", ",150,"), encoding="utf-8")
    code, said = run_command("import_catalogue", str(path))
    assert code == 1
    assert "Line 2, price: “150”. A price that stands is not rewritten" in said
    assert run_command("import_catalogue", str(tmp_path / "none.csv"))[0] == 1


def test_a_large_sheet_costs_a_few_queries_a_line(
    course: Offer, olu: Actor, django_assert_max_num_queries: Any
) -> None:
    lines = "".join(f"o-{n},service,partnership,Offer {n},other,E28a\n" for n in range(20))
    with django_assert_max_num_queries(20 * 18 + 12):
        assert counts(check(f"{HEAD}\n{lines}", olu)) == (20, 0, 0)
