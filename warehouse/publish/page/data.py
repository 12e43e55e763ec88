"""What the page's script works on: the trials as rows of the table, each with its card and history, and the words
that find them; all as JSON that can stand in a page.

Pure. Every text of a registry is made plain here, and is only ever text there: the script writes no markup.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from connectors.statuses import UNRECOGNISED, status_group
from warehouse.publish.page import card
from warehouse.publish.page.subjects import NONE_NAMED, Subjects
from warehouse.publish.page.timeline import Bar
from warehouse.words import phrases
from warehouse.words.harmless import plain, shortened, web_address
from warehouse.words.history import Moment
from warehouse.words.kinds import weight
from warehouse.words.sentences import once, saying

MOST_MOMENTS = 40
"""Of a trial's history, the latest."""
TITLE_LETTERS = 240
Row = Mapping[str, Any]


def row(trial: Row, about: Subjects) -> dict[str, Any]:
    """What the table, the timeline and the facets show of a trial."""
    kinds = {change["kind"] for change in trial["changes"]}
    latest = _latest(trial["changes"])
    moved_on = latest["observed_at"].date() if latest else trial["last_update_posted_on"]
    return {
        "id": plain(trial["trial_id"]),
        "title": shortened(plain(trial["title"]) or plain(trial["trial_id"]), TITLE_LETTERS)[0],
        "acronym": plain(trial["acronym"]),
        "url": web_address(trial["url"]) or "",
        "status": phrases.status_words(trial["overall_status"]) if trial["overall_status"] else "no status given",
        "group": trial["status_group"] or UNRECOGNISED,
        "about": [plain(named) for named in about.of.get(trial["trial_id"], [NONE_NAMED])],
        "phase": card.phase(trial) or ("Not applicable" if "NA" in (trial["phases"] or ()) else "Not given"),
        "people": trial["enrollment"],
        "peopleNote": card.TYPES.get(trial["enrollment_type"] or "", ""),
        "start": plain(trial["start_date"]),
        "end": plain(trial["end_date"]),
        "endOn": _iso(trial["end_date_latest"]),
        "endNote": card.TYPES.get(trial["end_date_type"] or "", ""),
        "late": (trial["days_overdue"] or 0) if trial["is_overdue"] else 0,
        "results": bool(trial["has_results"]),
        "sponsor": plain(trial["lead_sponsor"]),
        "changed": _iso(moved_on),
        "change": phrases.kind_words(latest["kind"]).capitalize() if latest else "Updated" if moved_on else "",
        "kinds": sorted(phrases.kind_words(kind).capitalize() for kind in kinds),
        "bar": _bar(trial["bar"]),
        "course": _in_words(trial),
    }


def whole(trial: Row) -> dict[str, Any]:
    """What a trial opens into: its card, why it is here, and its history."""
    history: Sequence[Moment] = trial["history"]
    present = [stay for stay in trial["members"] if not stay["left_at"]]
    return {
        "facts": card.facts(trial),
        "publications": card.publications(trial),
        "publicationCount": trial.get("publication_count") or 0,
        "links": card.links(trial),
        "why": [_why(stay) for stay in present or trial["members"]],
        "evidence": [*map(_stay, trial["members"]), *map(_evidence, trial["evidence"])],
        "history": [_moment(trial, each, history) for each in reversed(history[-MOST_MOMENTS:])],
        "leftOut": max(0, len(history) - MOST_MOMENTS),
        "registry": plain(trial["registry_name"]),
    }


def document(value: Any) -> str:
    """As JSON that ends no script element and begins no comment, whatever is in it."""
    text = msgspec.json.encode(value).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def words(found: Iterable[tuple[str, Sequence[int]]]) -> str:
    """A line a word: it, and the places of the trials that hold it, each as its distance from the one before."""
    return "\n".join(f"{word} {' '.join(map(str, _distances(places)))}" for word, places in found)


def _distances(places: Sequence[int]) -> Iterable[int]:
    before = 0
    for place in places:
        yield place - before
        before = place


def _latest(changes: Sequence[Row]) -> Row | None:
    """The most material change of the last night that had any; ``changes`` come the latest first."""
    if not changes:
        return None
    night = [change for change in changes if change["observed_at"] == changes[0]["observed_at"]]
    return min(night, key=lambda change: weight(change["materiality"], change["kind"]))


def _bar(bar: Bar) -> dict[str, Any]:
    told: dict[str, Any] = {"parts": [(each.kind, each.x, each.width) for each in bar.stretches]}
    places = {"end": bar.end_at, "before": bar.ended_before, "after": bar.ends_after}
    told |= {name: place for name, place in places.items() if place is not None}
    return told | ({"actual": True} if bar.is_actual else {})


def _in_words(trial: Row) -> str:
    """What the drawing of a trial's course shows, for who does not see it."""
    start = f"Start {plain(trial['start_date'])}" if trial["start_date"] else "No start given"
    stays = [
        f"{phrases.status_words(stay['overall_status']) if stay['overall_status'] else 'no status given'} since "
        f"{stay['from_date']}"
        for stay in trial["stays"]
    ]
    how = "ended" if trial["bar"].is_actual else "expected to end"
    end = f"{how} {plain(trial['end_date'])}" if trial["end_date"] else "no end given"
    late = [f"{trial['days_overdue']} days overdue"] if trial["is_overdue"] else []
    return "; ".join([start, *stays, end, *late])


def _why(stay: Row) -> str:
    return f"{plain(stay['watch'])}: {shortened(plain(stay['why_relevant']), 400)[0]}."


def _stay(stay: Row) -> str:
    left = f"; left {_day(stay['left_at'])}: {_short(stay['why_left'])}" if stay["left_at"] else ""
    return f"{plain(stay['watch'])}: entered {_day(stay['entered_at'])}: {_short(stay['why_entered'])}{left}"


def _evidence(label: Row) -> str:
    return (
        f"{plain(label['substance'])}: “{shortened(plain(label['matched_text']), 120)[0]}” – "
        f"{_short(label['rule'])} ({plain(label['confidence'])} confidence)"
    )


def _short(text: str | None) -> str:
    return shortened(plain(text), 240)[0]


def _day(at: Any) -> str:
    return f"{at.day} {at:%b %Y}"


def _moment(trial: Row, moment: Moment, history: Sequence[Moment]) -> dict[str, Any]:
    changes = sorted(once(moment.changes), key=lambda change: weight(change["materiality"], change["kind"]))
    told: dict[str, Any] = {"on": moment.on, "changes": [_change(change) for change in changes]}
    version = moment.version
    if version:
        status = version["overall_status"]
        told["version"] = version["version_number"]
        told["status"] = phrases.status_words(status) if status else "no status given"
        told["group"] = status_group(status) or UNRECOGNISED
        told["past"] = version["source"] != "nightly"
        told["compare"] = card.comparison(
            trial, _registrys_before(version, history), version.get("registry_version")
        )
    return told


def _registrys_before(version: Row, history: Sequence[Moment]) -> int | None:
    """The registry's own number of the version before this one, where it is known."""
    versions = [each.version for each in history if each.version]
    at = next(at for at, each in enumerate(versions) if each is version)
    return versions[at - 1].get("registry_version") if at else None


def _change(change: Row) -> dict[str, Any]:
    """A change as it is told, with what it takes to cite it."""
    said = saying(change)
    told: dict[str, Any] = {
        "id": plain(change["change_id"]),
        "lead": said.lead,
        "rest": said.rest,
        "cause": phrases.cause_words(change["cause"]),
        "dated": phrases.dated(change["registry_date"], change["registry_date_basis"], change["observed_at"]),
        "data": plain(change["data_version"]),
    }
    if said.lines:
        told["lines"] = [
            (
                line.sign,
                line.label,
                [(part.how, part.text.strip(), part.text.endswith(" ")) for part in line.parts],
            )
            for line in said.lines
        ]
    if said.cut:
        told["cut"] = said.cut
    return told


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
