"""For what? What ketamine does in the trial: its effects are studied, or it calms pain, or it treats. Pure."""

from warehouse.judge.relevance.aims import acute_words, aims_at_disorder
from warehouse.judge.relevance.disorders import GENERAL
from warehouse.judge.relevance.given import Ketamine
from warehouse.judge.relevance.mentions import Named, mentions
from warehouse.judge.relevance.part import is_adjunct, is_comparator
from warehouse.judge.relevance.people import at_risk, healthy_people
from warehouse.judge.relevance.verdict import PLACES, Evidence, Role, quoted
from warehouse.judge.relevance.wording import context
from warehouse.judge.relevance.words import Text, Words

_PROBED = ("BASIC_SCIENCE", "DIAGNOSTIC", "SCREENING", "OTHER")
_PURPOSES = {
    "TREATMENT": "the purpose is treatment",
    "PREVENTION": "the purpose is prevention",
    "SUPPORTIVE_CARE": "the purpose is supportive care",
    "BASIC_SCIENCE": "the purpose is basic science, in people with the disorder",
    "HEALTH_SERVICES_RESEARCH": "the purpose is research on care",
}
_UNREGISTERED = "no other purpose is named"


def role_of(trial: Words, ketamine: Ketamine, people: tuple[Evidence, ...]) -> Role:
    """What ketamine is in the trial: the first answer that speaks."""
    if not ketamine.is_given:
        return _not_given(ketamine)
    for answer in (_own_abuse, _effects, _no_patients, _acute):
        role = answer(trial, ketamine, people)
        if role:
            return role
    if is_comparator(trial, ketamine):
        return Role("comparator", "it is what another treatment is compared with")
    if is_adjunct(trial, ketamine):
        return Role("adjunct", "it is given beside another treatment")
    return Role("treatment", _PURPOSES.get(trial.purpose or "", _UNREGISTERED))


def _not_given(ketamine: Ketamine) -> Role:
    mention = ketamine.mention
    if mention is None:
        return Role("none", "no intervention, arm or title gives ketamine")
    if mention.named is Named.ABUSED:
        return Role("abused", f"ketamine is what people take, not what they are given ({_says(mention.text)})")
    return Role("none", f"ketamine is named but given to nobody ({_says(mention.text)})")


# -- nobody is treated ---------------------------------------------------------------------------------


def _own_abuse(trial: Words, ketamine: Ketamine, people: tuple[Evidence, ...]) -> Role | None:
    """A disorder of ketamine's own is what people are treated for, and no other."""
    if any(each.substance != GENERAL for each in people):
        return None
    for text in (*trial.conditions, *trial.titles):
        if any(each.named is Named.ABUSED for each in mentions(text)):
            return Role("abused", f"ketamine is the substance abused ({_says(text)})")
    return None


def _effects(trial: Words, ketamine: Ketamine, people: tuple[Evidence, ...]) -> Role | None:
    """Its effects are what is studied: how well it is liked, or what it does as a challenge."""
    is_aimed = any(aims_at_disorder(title.words) for title in trial.titles)
    abuse = _first("abuse", trial.titles if is_aimed else (*trial.titles, *trial.conditions))
    if abuse:
        return Role("abused", f"its abuse is studied, nobody is treated ({_says(abuse)})")
    if trial.purpose == "TREATMENT":
        return None
    challenge = _first("challenge", trial.titles)
    if challenge is None and trial.purpose in _PROBED:
        challenge = _first("probe", trial.titles)
    return Role("none", f"it is a challenge, not a treatment ({_says(challenge)})") if challenge else None


def _first(kind: str, texts: tuple[Text, ...]) -> Text | None:
    found = ((text, context(kind).search(text.words)) for text in texts)
    return next((Text(text.field, match[0]) for text, match in found if match), None)


def _no_patients(trial: Words, ketamine: Ketamine, people: tuple[Evidence, ...]) -> Role | None:
    healthy = healthy_people(trial)
    if healthy:
        return Role("none", f"it is given to healthy people only ({_says(healthy)})")
    risk = at_risk(trial)
    return Role("none", f"it is given to people at risk, not to patients ({_says(risk)})") if risk else None


def _acute(trial: Words, ketamine: Ketamine, people: tuple[Evidence, ...]) -> Role | None:
    """It is given against pain, for anaesthesia or sedation, and no title aims it at the disorder."""
    found = acute_words(trial, ketamine, people)
    if found is None:
        return None
    return Role("anaesthetic", f"it is given against pain, for anaesthesia or sedation ({_says(found)})")


def _says(text: Text) -> str:
    return f"{PLACES[text.field]} {quoted(text.words)}"
