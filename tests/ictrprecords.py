"""Records and files in the shape in which WHO's ICTRP exports them, made of facts."""

import csv
import io
from typing import Any
from xml.sax.saxutils import escape

import msgspec

from connectors.ictrp.export import one_line

OURS = "JPRN-UMIN000051234"
TRIAL_ID = "UMIN000051234"
HEAD = "<?xml version='1.0' encoding='UTF-8' ?>\n<Trials_downloaded_from_ICTRP>\n"
FOOT = "</Trials_downloaded_from_ICTRP>\n"
USUAL: dict[str, str | None] = {
    "Export_date": "09/18/2026 10:42:00",
    "Internal_Number": "16104120",
    "TrialID": OURS,
    "Last_Refreshed_on": "24 August 2026",
    "Public_title": "Ketamine in alcohol use disorder",
    "Scientific_title": "Ketamine and therapy in alcohol use disorder: a trial",
    "Acronym": None,
    "Primary_sponsor": "Tohoku University Hospital",
    "Secondary_Sponsor": None,
    "Prospective_registration": "Yes",
    "Date_registration3": "20260805",
    "Date_registration": "05/08/2026",
    "Source_Register": "JPRN",
    "web_address": "https://center6.umin.ac.jp/cgi-open-bin/ctr_e/ctr_view.cgi?recptno=R000051234",
    "Recruitment_Status": "Recruiting",
    "other_records": "No",
    "Inclusion_agemin": "20years-old",
    "Inclusion_agemax": "NO LIMIT",
    "Inclusion_gender": "Male and Female",
    "Date_enrollement": "2026/09/01",
    "Target_size": "Ketamine group:49;Midazolam group:50;",
    "Study_type": "Interventional",
    "Study_design": "Parallel Randomized",
    "Phase": "Phase 2 / Phase 3",
    "Countries": "Japan;Kenya;Japan;Kenya",
    "Contact_Firstname": "Hanako",
    "Contact_Lastname": "Yamadagawa",
    "Contact_Address": "1 Road",
    "Contact_Email": "hanako@example.org",
    "Contact_Tel": "+81 22 000 0000",
    "Contact_Affiliation": "Tohoku University Hospital",
    "Inclusion_Criteria": "Adults;&#x0D;<br>drinks #gt;4 a day. Write to Hanako Yamadagawa",
    "Exclusion_Criteria": "Psychosis",
    "Condition": "Alcohol use disorder;Depression",
    "Intervention": "Ketamine 0.5 mg/kg;Midazolam",
    "Primary_outcome": "Heavy drinking days;",
    "Secondary_outcome": "Craving;Mood",
    "Secondary_ID": "Nil known;U1111-1234-5678",
    "Source_Support": "Ministry of Health",
    "results_yes_no": None,
    "results_url_link": None,
    "results_date_completed": None,
    "Ethics_review_approval_date": "01/07/2026",
}
"""Its texts as they would be read; the export escapes them."""
IN_THE_CSV = dict(
    zip(
        [
            *("TrialID", "Last_Refreshed_on", "Secondary_ID", "Public_title", "Scientific_title", "web_address"),
            *("Contact_Firstname", "Contact_Lastname", "Contact_Address", "Contact_Email", "Contact_Tel"),
            *("Contact_Affiliation", *[""] * 6, "Study_type", "Study_design", "Phase", "Date_registration"),
            *("Date_enrollement", "Target_size", "Recruitment_Status", "Primary_sponsor", "Secondary_Sponsor"),
            *("Source_Support", "Countries", "Condition", "Intervention", "Inclusion_agemin", "Inclusion_agemax"),
            *("Inclusion_gender", "Inclusion_Criteria", "Exclusion_Criteria", "Primary_outcome"),
            *("Secondary_outcome", "other_records", *[""] * 5, "results_url_link", *[""] * 10),
            *("results_date_completed", "results_yes_no", "", "Ethics_review_approval_date"),
        ],
        range(63),
        strict=False,
    )
)
"""The place of each field among the 63 columns."""


def a_record(number: str = OURS, **changed: Any) -> str:
    """A ``Trial`` as in an export: every value ends in a line's end and four blanks, an empty one is closed."""
    values = _values(number, changed)
    exported = values.pop("Export_date")
    elements = (
        f"    <{name}>{escape(text)}\n    </{name}>\n" if text else f"    <{name}/>\n"
        for name, text in values.items()
    )
    return f"  <Trial><Export_date>{exported or ''}</Export_date>\n{''.join(elements)}  </Trial>\n"


def a_row(number: str = OURS, **changed: Any) -> str:
    """The same as a row of the CSV."""
    row = [""] * 63
    for name, text in _values(number, changed).items():
        if name in IN_THE_CSV:
            row[IN_THE_CSV[name]] = text or ""
    written = io.StringIO()
    csv.writer(written).writerow(row)
    return written.getvalue()


def _values(number: str, changed: dict[str, Any]) -> dict[str, str | None]:
    return {**USUAL, "TrialID": number, **changed}


def an_export(*records: str) -> str:
    return HEAD + "".join(records) + FOOT


def kept(record: str) -> bytes:
    """An element as it lands."""
    return one_line(record.strip().encode())


def as_landed(row: str) -> bytes:
    """A row as it lands."""
    (values,) = csv.reader(row.splitlines(keepends=True))
    return msgspec.json.encode(values)
