"""Records in the shape in which ISRCTN sends them, made of facts. MORE-KARE's are those of public pages."""

import random
import xml.etree.ElementTree as ET
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MORE_KARE = "ISRCTN85955128"


def a_record(number: str = MORE_KARE, **changed: Any) -> str:
    """A ``fullTrial``. ``changed`` are its values by name; None leaves one empty, ``more_…`` adds XML."""
    value: dict[str, Any] = {**USUAL, **changed}

    def put(name: str, tag: str | None = None) -> str:
        text = value.get(name)
        tag = tag or name
        return f"<{tag}/>" if text is None else f"<{tag}>{escape(str(text))}</{tag}>"

    def day(name: str) -> str:
        text = value.get(name)
        return f"<{name}/>" if text is None else f"<{name}>{text}T00:00:00.000Z</{name}>"

    def outcomes(name: str) -> str:
        return "".join(
            f'<outcomeMeasure id="{place}"><variable>{escape(each)}</variable><method>by interview</method>'
            f"<timepoints>6 months</timepoints></outcomeMeasure>"
            for place, each in enumerate(value[name])
        )

    numbers = "".join(
        f'<secondaryNumber id="{place}" numberType={quoteattr(kind)}>{escape(each)}</secondaryNumber>'
        for place, (kind, each) in enumerate(value["numbers"])
    )
    countries = "".join(f"<country>{escape(each)}</country>" for each in value["countries"])
    centres = "".join(
        f'<trialCentre id="{place}"><name>{escape(name)}</name><address>Road</address><city>{city}</city><state/>'
        f"<country>England</country></trialCentre>"
        for place, (name, city) in enumerate(value["centres"])
    )
    sponsors = value["sponsors"]
    return f"""<fullTrial xmlns="http://www.67bricks.com/isrctn">
	<trial lastUpdated="{value["edited"]}" version="{value["version"]}" publicIdentifierCanonical="{number}"
		publicIdentifierDateAssigned="2024-06-03T10:00:00.123456789Z">
	<isrctn dateAssigned="2024-06-03T10:00:00.123456789Z">{number[6:]}</isrctn>
	<trialDescription>{put("title")}{put("scientificTitle")}{put("acronym")}{put("studyHypothesis")}
		{put("plainEnglishSummary")}<primaryOutcomes>{outcomes("primary")}</primaryOutcomes>{put("primaryOutcome")}
		<secondaryOutcomes>{outcomes("secondary")}</secondaryOutcomes>{put("secondaryOutcome")}
		<ethicsApprovalRequired>Ethics approval required</ethicsApprovalRequired>{value["more_description"]}
	</trialDescription>
	<externalRefs><doi>10.1186/{number}</doi><eudraCTNumber/>{put("clinicalTrialsGovNumber")}{
        put("protocolSerialNumber")
    }
		<secondaryNumbers>{numbers}</secondaryNumbers></externalRefs>
	<trialDesign>{put("primaryStudyDesign")}<interventionalTrialDesign>{put("allocation")}{put("masking")}
		{put("assignment")}<purposes><purpose>Treatment</purpose></purposes></interventionalTrialDesign>
		{day("overallEndDate")}{put("overallStatusOverride")}{put("reasonAbandoned")}</trialDesign>
	<participants><recruitmentCountries>{countries}</recruitmentCountries><trialCentres>{centres}</trialCentres>
		{put("healthyVolunteersAllowed")}{put("inclusion")}
		<lowerAgeLimit unit="years" value="18.0">18 Years</lowerAgeLimit>{put("upperAgeLimit")}{put("gender")}
		{put("targetEnrolment")}{put("totalFinalEnrolment")}{put("exclusion")}
		{day("recruitmentStart")}{day("recruitmentEnd")}{put("recruitmentStatusOverride")}</participants>
	<conditions><condition>{put("condition", "description")}{put("diseaseClass1")}</condition></conditions>
	<interventions><intervention>{put("intervention", "description")}{put("interventionType")}{put("phase")}
		{put("drugNames")}</intervention></interventions>
	<results>{put("ipdSharingStatement")}{put("publicationDetails")}{put("publicationStage")}{
        put("basicReport")
    }</results>
	<outputs>{value["outputs"]}</outputs>
	<parties>{"".join(f"<sponsorId>{place}</sponsorId>" for place in range(len(sponsors)))}</parties>
	<miscellaneous>{put("ipdSharingPlan")}</miscellaneous>{value["more_trial"]}
	</trial>
	<contact id="c"><title>Prof</title><forename>Vera</forename><surname>{value["surname"]}</surname>
		<contactDetails><telephone>+44 1632 960001</telephone>
		<email>vera@example.org</email></contactDetails></contact>
	{
        "".join(
            f'<sponsor id="{place}"><organisation>{escape(name)}</organisation><sponsorType>{kind}</sponsorType>'
            f"</sponsor>"
            for place, (name, kind) in enumerate(sponsors)
        )
    }
	<funder id="f"><name>{value["funder"]}</name></funder>
</fullTrial>"""


def shuffled(record: str, chance: random.Random) -> str:
    """The same in another order, and with other white space between its elements; the trial stays its first."""
    whole = ET.fromstring(record)  # noqa: S314 - our own
    trial, *others = whole
    for element in whole.iter():
        _reorder(element, chance)
    whole[:] = [trial, *chance.sample(others, len(others))]
    ET.register_namespace("", "http://www.67bricks.com/isrctn")
    return ET.tostring(whole, encoding="unicode")


def _reorder(element: ET.Element, chance: random.Random) -> None:
    element[:] = chance.sample(list(element), len(element))
    element.attrib.update({name: element.attrib.pop(name) for name in sorted(element.attrib, reverse=True)})
    if len(element):
        for between in element:
            between.tail = chance.choice(("", "\n\t", "  "))


USUAL: dict[str, Any] = {
    "edited": "2026-02-11T09:27:35.342944265Z",
    "version": "7",
    "title": "Ketamine for reduction of alcohol relapse",
    "scientificTitle": "A phase III trial of ketamine with psychological therapy in alcohol use disorder",
    "acronym": "MORE-KARE",
    "studyHypothesis": "Ketamine lowers heavy drinking.",
    "plainEnglishSummary": "Infusions.\n\nWho is the main contact?\nProf. V. Invented\nvera@example.org",
    "primary": ["Heavy drinking days"],
    "primaryOutcome": None,
    "secondary": ["Depression", "Quality of life"],
    "numbers": [("iras", "1008179"), ("ctis", "Nil known"), ("nct", "Nil known")],
    "clinicalTrialsGovNumber": "Nil known",
    "primaryStudyDesign": "Interventional",
    "allocation": "Randomized controlled trial",
    "masking": "Blinded (masking used)",
    "assignment": "Parallel",
    "overallEndDate": "2026-07-31",
    "overallStatusOverride": None,
    "reasonAbandoned": None,
    "countries": ["United Kingdom", "England"],
    "centres": [("University of Exeter", "Exeter"), ("Maudsley Hospital", "London")],
    "healthyVolunteersAllowed": "false",
    "inclusion": "1. Adults\n2. Alcohol use disorder",
    "exclusion": "1. Psychosis",
    "upperAgeLimit": "110 Years",
    "gender": "All",
    "targetEnrolment": "280",
    "totalFinalEnrolment": "0",
    "recruitmentStart": "2024-08-01",
    "recruitmentEnd": "2025-12-31",
    "recruitmentStatusOverride": None,
    "condition": "Alcohol use disorder\nRelapse",
    "diseaseClass1": "Mental and Behavioural Disorders",
    "intervention": "0.8 against 0.05 mg/kg, three times, with therapy.",
    "interventionType": "Drug",
    "phase": "Phase III",
    "drugNames": "Ketamine hydrochloride (0.8 mg/kg, slow), placebo",
    "ipdSharingStatement": "Not provided at time of registration",
    "ipdSharingPlan": "Yes",
    "publicationDetails": None,
    "publicationStage": None,
    "basicReport": None,
    "outputs": "",
    "sponsors": [("University of Exeter", "University/education")],
    "funder": "National Institute for Health and Care Research",
    "surname": "Invented",
    "more_description": "",
    "more_trial": "",
}
