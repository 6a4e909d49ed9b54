"""Further courses of the demonstration, so that there are sixty: a line or two each, several over many meetings."""

from frontend.demonstration.offers import (
    EIGHT_DAYS,
    FIFTEEN_DAYS,
    FOUR_WEEKS,
    OfferFacts,
    course,
    per_place,
)

PARTNERSHIP, HUB, UNIVERSITY = "partnership", "meridian-hub", "wellshire-university"
SYSTEMS, INCLUSION, ARTS = "brightledger", "seaglass", "tidewell-arts"
PRIMARY, SECONDARY, EARLY = ["primary"], ["secondary"], ["nursery", "primary"]

MORE_COURSES: list[OfferFacts] = [
    course(
        "subject-leaders-science", "Science: leading the subject in a primary school", HUB, ["Science", "Leadership"],
        per_place("240", "265", "300"), "-212 day F L 24 x2/28 | 69 day F L 24 x2/28",
        "Two days, a term apart: practical work, vocabulary, and what pupils remember a year later.", phases=PRIMARY,
    ),
    course(
        "practical-science", "Practical science that teaches something", UNIVERSITY, ["Science", "Curriculum"],
        per_place("130", "145", "165"), "-152 day F U 20 | 57 day F U 20",
        "Twelve experiments, the idea that each is for, and the misconception that each brings out.", phases=SECONDARY,
        cancellation=FIFTEEN_DAYS,
    ),
    course(
        "history-enquiry", "Enquiry in history, from year 3 to year 9", UNIVERSITY, ["Humanities", "Curriculum"],
        per_place("95", "105", "120"), "-128 afternoon H U 30 | 83 afternoon H U 30",
        "Good questions, real sources and an answer that pupils can defend.",
    ),
    course(
        "geography-fieldwork", "Fieldwork on the school's doorstep", UNIVERSITY, ["Humanities", "Curriculum"],
        per_place("85", "95", "110"), "-187 day F Q 18 | 141 day F Q 18",
        "Four enquiries within ten minutes' walk, with risk assessments that are done already.",
    ),
    course(
        "languages-primary", "Languages in key stage 2: phonics first", HUB, ["Languages", "Curriculum"],
        per_place("75", "85", "95"), "-97 twilight O - 40 x3/14 | 33 twilight O - 40 x3/14",
        "Three short evenings: sounds, then words, then sentences that children make themselves.", phases=PRIMARY,
        cancellation=EIGHT_DAYS,
    ),
    course(
        "computing-unplugged", "Computing without computers", HUB, ["Computing", "Curriculum"],
        per_place("70", "80", "90"), "-118 afternoon F L 26 | 64 afternoon F L 26",
        "Algorithms with cards, string and chalk: what to teach before the laptops come out.", phases=PRIMARY,
    ),
    course(
        "ai-in-schools", "Artificial intelligence in school: what is safe, what is useful", SYSTEMS, ["Computing", "Digital"],
        per_place("65", "75", "85"), "-62 twilight O - 90 | 19 twilight O - 90 | 103 twilight O - 90",
        "A policy in an evening: data, marking, planning, and what pupils use at home.", cancellation=EIGHT_DAYS,
    ),
    course(
        "cyber-security", "Cyber security for school offices", SYSTEMS, ["Digital", "Data"],
        per_place("45", "50", "60"), "-142 morning O - 60 | -34 morning O - 60 | 44 morning O - 60",
        "Invoices that are not invoices, passwords, backups, and the first hour after something went wrong.",
        cancellation=EIGHT_DAYS,
    ),
    course(
        "data-protection-refresher", "Data protection: the yearly refresher", PARTNERSHIP, ["Data"],
        per_place("35", "40", "50"), "-176 twilight O - 100 | -27 twilight O - 100 | 71 twilight O - 100",
        "Requests, breaches and photographs, in seventy minutes with a certificate.", cancellation=EIGHT_DAYS,
    ),
    course(
        "reading-fluency", "Reading fluency in key stage 2", HUB, ["Reading and writing"],
        per_place("110", "120", "140"), "-233 morning F L 28 | 37 morning F L 28",
        "Repeated reading, echo reading and performance: fifteen minutes a day that change the rest.", phases=PRIMARY,
    ),
    course(
        "spelling-that-lasts", "Spelling that lasts", HUB, ["Reading and writing"],
        per_place("65", "75", "85"), "-111 twilight O - 45 | 53 twilight O - 45",
        "Patterns before lists, and a check on Friday that tells you what to teach on Monday.", cancellation=EIGHT_DAYS,
    ),
    course(
        "talk-for-thinking", "Talk for thinking: oracy across the school", UNIVERSITY, ["Reading and writing", "Curriculum"],
        per_place("280", "310", "350"), "-196 day F U 24 x3/42 | 74 day F U 24 x3/42",
        "Three days over a year, with a task between them and a visit to a school where it is done well.",
        cancellation=FOUR_WEEKS,
    ),
    course(
        "times-tables", "Times tables: from counting to knowing", HUB, ["Mathematics"],
        per_place("60", "70", "80"), "-138 twilight O - 50 | 30 twilight O - 50",
        "The order in which to teach them, and games that practise the hard ones.", phases=PRIMARY, cancellation=EIGHT_DAYS,
    ),
    course(
        "maths-subject-knowledge", "Mathematics for non-specialists in secondary schools", UNIVERSITY, ["Mathematics"],
        per_place("360", "395", "440"), "-254 day F U 20 x4/21 | 92 day F U 20 x4/21",
        "Four days: ratio, algebra, geometry and probability, each taught as you will teach it.", phases=SECONDARY,
        cancellation=FOUR_WEEKS,
    ),
    course(
        "early-number", "Early number: from nursery to year 1", HUB, ["Mathematics", "Early years"],
        per_place("80", "90", "100"), "-163 afternoon F Q 30 | 78 afternoon F Q 30",
        "Subitising, counting and comparing, with nothing to photocopy.", phases=EARLY,
    ),
    course(
        "two-year-olds", "Two-year-olds in school", INCLUSION, ["Early years"],
        per_place("85", "90", "105"), "-109 day F L 22 | 88 day F L 22",
        "Settling in, ratios, routines and the room itself.", phases=EARLY, cancellation=FIFTEEN_DAYS,
    ),
    course(
        "outdoor-early-years", "Outdoors in early years, whatever the weather", HUB, ["Early years", "Wellbeing"],
        per_place("75", "80", "95"), "-202 day F B 20 | 122 day F B 20",
        "A day outside in old clothes: risk, weather, fire and mud.", phases=EARLY,
    ),
    course(
        "dyslexia-in-class", "Dyslexia: what every teacher can do", INCLUSION, ["SEND", "Reading and writing"],
        per_place("95", "105", "120"), "-223 morning O - 50 | -72 morning O - 50 | 43 morning O - 50",
        "Signs, screening and ten adjustments that help everybody.", cancellation=EIGHT_DAYS,
    ),
    course(
        "adhd-in-class", "Attention and movement: ADHD in the classroom", INCLUSION, ["SEND", "Behaviour"],
        per_place("95", "105", "120"), "-131 morning H L 40 | 61 morning H L 40",
        "Movement, instructions and seating, and how to talk with parents about it.", cancellation=FIFTEEN_DAYS,
    ),
    course(
        "teaching-assistants-send", "Teaching assistants: support that makes pupils independent", INCLUSION, ["SEND", "Support staff"],
        per_place("150", "165", "185"), "-181 morning F Q 24 x3/14 | 51 morning F Q 24 x3/14",
        "Three mornings with tasks between: questions, scaffolds, and when to step back.", cancellation=FIFTEEN_DAYS,
    ),
    course(
        "annual-reviews", "Annual reviews that parents understand", INCLUSION, ["SEND"],
        per_place("55", "60", "70"), "-90 twilight O - 60 | 24 twilight O - 60",
        "Evidence, outcomes and a meeting of one hour that everybody leaves with the same list.", cancellation=EIGHT_DAYS,
    ),
    course(
        "behaviour-leads", "Leading behaviour", HUB, ["Behaviour", "Leadership"],
        per_place("310", "340", "390"), "-217 day F U 24 x3/28 | 81 day F U 24 x3/28",
        "Routines, corridors, detention and the pupils for whom none of it works: three days for one leader.",
        cancellation=FOUR_WEEKS,
    ),
    course(
        "de-escalation", "De-escalation and safe holding", INCLUSION, ["Behaviour", "Safeguarding"],
        per_place("145", "160", "180"), "-148 day F Q 16 | -41 day F Q 16 | 32 day F Q 16 | 116 day F Q 16",
        "A certificate for two years: words first, and hands only where the law allows it.", cancellation=FIFTEEN_DAYS,
    ),
    course(
        "bullying-online", "Bullying on and off line", PARTNERSHIP, ["Behaviour", "Safeguarding"],
        per_place("60", "70", "80"), "-114 twilight O - 70 | 47 twilight O - 70",
        "What happens at night, what a school may do about it, and how to keep the record.",
    ),
    course(
        "attendance-leads", "Attendance: from letters to conversations", PARTNERSHIP, ["Attendance", "Safeguarding"],
        per_place("80", "90", "100"), "-193 morning F L 40 | -82 morning F L 40 | 40 morning F L 40",
        "Patterns, home visits, codes and the law, for those who lead attendance.",
    ),
    course(
        "whole-school-safeguarding", "Safeguarding: training for all staff", PARTNERSHIP, ["Safeguarding", "Support staff"],
        per_place("30", "35", "45"), "-78 twilight O - 120 | 16 twilight O - 120 | 68 twilight O - 120",
        "What everybody must know every September, and where to take a worry.", cancellation=EIGHT_DAYS,
    ),
    course(
        "mental-health-first-aid", "Mental health first aid", UNIVERSITY, ["Wellbeing"],
        per_place("210", "230", "260"), "-168 day F U 16 x2/7 | 84 day F U 16 x2/7",
        "Two days, a week apart: noticing, listening, and what is not yours to carry.", cancellation=FIFTEEN_DAYS,
    ),
    course(
        "staff-wellbeing", "Workload and wellbeing: a leader's afternoon", UNIVERSITY, ["Wellbeing", "Leadership"],
        per_place("70", "80", "90"), "-101 afternoon H U 40 | 67 afternoon H U 40",
        "Three things to stop doing, agreed by the end of the afternoon.",
    ),
    course(
        "heads-performance", "Heads' performance: training for governors on the panel", PARTNERSHIP, ["Governance"],
        per_place("45", "50", "60"), "-158 evening O - 50 | 54 evening O - 50",
        "Objectives, evidence and a fair conversation, with the adviser's part explained.",
    ),
    course(
        "governors-finance", "Finance for governors who are no accountants", PARTNERSHIP, ["Governance", "Finance"],
        per_place("45", "50", "60"), "-173 evening O - 60 | 76 evening O - 60",
        "Reading a budget report in ten minutes, and seven questions to ask of it.",
    ),
    course(
        "academy-accounts", "Academy accounts: the year end", SYSTEMS, ["Finance"],
        per_place("120", "130", "150"), "-124 morning O - 40 | 128 morning O - 40",
        "Accruals, returns, audit files and related parties, month by month to December.", cancellation=EIGHT_DAYS,
    ),
    course(
        "employment-law", "Employment law for schools: this year's cases", PARTNERSHIP, ["Human resources", "Leadership"],
        per_place("90", "100", "115"), "-144 morning H L 45 | 58 morning H L 45",
        "Six cases that schools lost, and what would have won them.",
    ),
    course(
        "investigating-officers", "Investigating officers: a fair process", PARTNERSHIP, ["Human resources"],
        per_place("165", "180", "205"), "-191 day F L 18 x2/14 | 97 day F L 18 x2/14",
        "Two days with a case to investigate, interviews to hold and a report to defend.",
    ),
    course(
        "legionella-awareness", "Water hygiene for site staff", PARTNERSHIP, ["Premises", "Health and safety"],
        per_place("55", "60", "70"), "-84 morning F L 24 | 62 morning F L 24",
        "Temperatures, flushing, log books, and when to ring somebody.",
    ),
    course(
        "educational-visits", "Educational visits coordinators", PARTNERSHIP, ["Health and safety", "Leadership"],
        per_place("110", "120", "140"), "-207 day F Q 20 | -57 day F Q 20 | 72 day F Q 20",
        "Planning, approving and learning from visits: the day that coordinators need every three years.",
    ),
    course(
        "drama-for-learning", "Drama for learning, without a stage", ARTS, ["Arts", "Curriculum"],
        per_place("70", "75", "90"), "-136 afternoon F L 30 | 95 afternoon F L 30",
        "Hot seats, freeze frames and teacher in role, in any lesson and any room.",
    ),
    course(
        "ukulele-for-teachers", "Ukulele for class teachers", ARTS, ["Music"],
        per_place("95", "100", "120"), "-184 twilight F L 20 x4/7 | 29 twilight F L 20 x4/7",
        "Four evenings from no chords to five songs; an instrument is lent.", phases=PRIMARY,
    ),
]  # fmt: skip
