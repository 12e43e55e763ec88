"""Hard trials, invented and labelled before any rule ran on them: what a clinician would say of each.

A line is a trial: number, title, conditions; its arms as "TYPE label: Kind: what is given + Kind: what else"; what else
its record says; and the label, ``ours(substances, role)`` or ``not_ours(role)``. Interventions follow from the arms
unless they are given. By their number they fall in two: with the even ones rules may be written, the odd ones
are held back, to measure what the rules do with trials they were not written with.
"""

import re
from dataclasses import dataclass, field
from typing import Any

_ARM = re.compile(r"(?P<type>[A-Z]+) (?P<label>[^:]*): (?P<given>.*)")
_TYPES = {
    "E": "EXPERIMENTAL",
    "A": "ACTIVE_COMPARATOR",
    "P": "PLACEBO_COMPARATOR",
    "S": "SHAM_COMPARATOR",
    "N": "NO_INTERVENTION",
    "O": "OTHER",
}


@dataclass(frozen=True)
class Label:
    is_relevant: bool
    role: str
    substances: tuple[str, ...] = ()


def ours(substances: str, role: str = "treatment") -> Label:
    return Label(True, role, tuple(sorted(substances.split())))


def not_ours(role: str) -> Label:
    return Label(False, role)


@dataclass(frozen=True)
class Hard:
    number: int
    title: str
    conditions: str
    arms: tuple[str, ...]
    label: Label
    says: dict[str, Any] = field(default_factory=dict)

    @property
    def is_held_back(self) -> bool:
        return self.number % 2 == 1

    def record(self) -> dict[str, Any]:
        says = self.says
        arms = [_arm(line) for line in self.arms]
        names = says.get("interventions") or list(dict.fromkeys(n for a in arms for n in a["interventionNames"]))
        observes = says.get("type") == "OBSERVATIONAL"
        return {
            "protocolSection": {
                "identificationModule": {
                    "nctId": f"NCT888{self.number:05}",
                    "briefTitle": self.title,
                    "officialTitle": says.get("official"),
                    "acronym": says.get("acronym"),
                },
                "conditionsModule": {
                    "conditions": _listed(self.conditions),
                    "keywords": _listed(says.get("keywords")),
                },
                "designModule": {
                    "studyType": says.get("type", "INTERVENTIONAL"),
                    "designInfo": {
                        "primaryPurpose": says.get("purpose", None if observes else "TREATMENT"),
                        "maskingInfo": {"masking": says.get("masking", "NONE" if len(arms) < 2 else "DOUBLE")},
                    },
                },
                "armsInterventionsModule": {
                    "armGroups": arms,
                    "interventions": [_intervention(name, arms, says.get("also", {})) for name in names],
                },
                "eligibilityModule": {"healthyVolunteers": says.get("healthy", False)},
            },
            "derivedSection": {
                "conditionBrowseModule": {
                    "meshes": _mesh(says.get("mesh")),
                    "ancestors": _mesh(says.get("above")),
                },
                "interventionBrowseModule": {"meshes": _mesh(says.get("drug_mesh"))},
            },
        }


def _arm(line: str) -> dict[str, Any]:
    read = _ARM.fullmatch(line)
    assert read, line
    given = [name for name in read["given"].split(" + ") if name]
    return {"type": _TYPES[read["type"]], "label": read["label"], "interventionNames": given}


def _intervention(name: str, arms: list[dict[str, Any]], also: dict[str, str]) -> dict[str, Any]:
    kind, _, what = name.partition(": ")
    labels = [arm["label"] for arm in arms if name in arm["interventionNames"]]
    names = _listed(also.get(what))
    return {"type": kind.upper(), "name": what, "armGroupLabels": labels, "otherNames": names}


def _listed(words: str | None) -> list[str] | None:
    return None if words is None else [each for each in words.split("; ") if each]


def _mesh(words: str | None) -> list[dict[str, str]]:
    return [dict(zip(("id", "term"), each.split(" ", 1), strict=True)) for each in _listed(words) or []]


def hard(number: int, title: str, conditions: str, *arms: str, label: Label, **says: Any) -> Hard:
    return Hard(number, title, conditions, arms, label, says)


# fmt: off
KETAMINE = "E Ketamine: Drug: Ketamine"
SALINE = "P Placebo: Drug: Saline"
MIDAZOLAM = "A Midazolam: Drug: Midazolam"
DRUG_MESH = "D007649 Ketamine"

GIVEN_AGAINST_THE_DISORDER = [
    hard(0, "Repeated Ketamine Infusions and Days of Heavy Drinking in Nurses With Burnout", "Alcohol Use Disorder; Burnout",
         KETAMINE, MIDAZOLAM, label=ours("alcohol"), mesh="D000437 Alcoholism", drug_mesh=DRUG_MESH),
    hard(1, "Ketamine for Veterans Who Survived Burn Injuries and Drink Too Much", "Alcohol Use Disorder, Severe; Burns",
         KETAMINE, SALINE, label=ours("alcohol"), mesh="D000437 Alcoholism; D002056 Burns", drug_mesh=DRUG_MESH),
    hard(2, "Esketamine Nasal Spray in Emergency Department Patients With Opioid Use Disorder", "Opioid Use Disorder",
         "E Spravato: Drug: Esketamine + Other: Peer recovery coach", "O Usual care: Other: Peer recovery coach",
         label=ours("opioid"), keywords="emergency department; overdose; naloxone", mesh="D009293 Opioid-Related Disorders"),
    hard(3, "Psychological Pain as a Mediator of Ketamine's Effect on Relapse", "Cocaine Use Disorder",
         KETAMINE, MIDAZOLAM, label=ours("cocaine"), keywords="psychological pain; mental pain; analgesics", purpose="BASIC_SCIENCE"),
    hard(4, "Ketamine for Prescription Opioid Misuse in Chronic Low Back Pain", "Opioid Misuse; Chronic Low-back Pain",
         KETAMINE, SALINE, label=ours("opioid"), keywords="Analgesics, Opioid", mesh="D009293 Opioid-Related Disorders; D059350 Chronic Pain"),
    hard(5, "Opioid Taper Supported by Ketamine in Cancer Survivors on Long-Term Opioid Therapy", "Opioid Dependence; Cancer Pain",
         "E Ketamine taper: Drug: Ketamine + Behavioral: Taper counselling", "A Taper: Behavioral: Taper counselling",
         label=ours("opioid"), purpose="SUPPORTIVE_CARE"),
    hard(6, "Very Low Dose Ketamine for Buprenorphine Induction in Fentanyl Users", "Fentanyl Dependence; Precipitated Withdrawal",
         "E Ketamine: Drug: Ketamine + Drug: Buprenorphine", "P Placebo: Drug: Placebo + Drug: Buprenorphine", label=ours("opioid")),
    hard(7, "Bridging to Extended-Release Naltrexone With Sub-Anesthetic Ketamine", "Heroin Dependence",
         "E Bridge: Drug: Ketamine Hydrochloride + Drug: Vivitrol", "A Standard: Drug: Clonidine + Drug: Vivitrol", label=ours("opioid")),
    hard(8, "Ketamine in the Intensive Care Unit for Severe Alcohol Withdrawal", "Alcohol Withdrawal Delirium; Critical Illness",
         "E Ketamine drip: Drug: Ketamine + Drug: Lorazepam", "A Lorazepam: Drug: Lorazepam", label=ours("alcohol", "adjunct"),
         official="Adjunctive Ketamine Versus Benzodiazepine Monotherapy in Severe Alcohol Withdrawal"),
    hard(9, "Ketamine Infusion for Resistant Delirium Tremens", "Delirium Tremens; Mechanical Ventilation",
         KETAMINE, "A Phenobarbital: Drug: Phenobarbital", label=ours("alcohol")),
    hard(10, "Trauma-Focused Therapy With Ketamine for PTSD and Alcohol Use Disorder", "PTSD; Alcohol Use Disorder; Trauma",
         "E KET-PE: Drug: Ketamine + Behavioral: Prolonged exposure", "A MID-PE: Drug: Midazolam + Behavioral: Prolonged exposure",
         label=ours("alcohol"), keywords="trauma; family history of alcoholism"),
    hard(11, "Ketamine for Suicidal Patients With Methamphetamine Use Disorder Seen After Acute Injury", "Suicidal Ideation; Methamphetamine Use Disorder",
         KETAMINE, MIDAZOLAM, label=ours("methamphetamine"), keywords="injury; emergency medicine; anesthetics"),
    hard(12, "Neuroplasticity After Ketamine in Drinkers With a Family History of Alcohol Use Disorder", "Alcohol Use Disorder",
         KETAMINE, SALINE, label=ours("alcohol"), mesh="D000437 Alcoholism"),
    hard(13, "Mechanisms of Ketamine in Cannabis Use Disorder: Patients and Healthy Comparison Subjects", "Cannabis Use Disorder; Healthy Volunteers",
         "E Patients: Drug: Ketamine", "N Healthy volunteers: ", label=ours("cannabis"), healthy=True, purpose="BASIC_SCIENCE",
         mesh="D002189 Marijuana Abuse", drug_mesh=DRUG_MESH),
    hard(14, "Positron Emission Tomography of Synaptic Density Before and After Ketamine Treatment of Alcohol Use Disorder", "Alcohol Use Disorder; Healthy",
         "E AUD: Drug: Ketamine + Radiation: [11C]UCB-J", "O Healthy controls: Radiation: [11C]UCB-J", label=ours("alcohol"),
         healthy=True, purpose="BASIC_SCIENCE"),
    hard(15, "Ketamine and Mindfulness-Based Relapse Prevention After Liver Transplantation Surgery", "Alcoholism; Liver Transplant",
         "E Ketamine+MBRP: Drug: Ketamine + Behavioral: MBRP", "A MBRP: Behavioral: MBRP", label=ours("alcohol"), keywords="alcoholic liver disease; surgery"),
    hard(16, "A Nurse Anesthetist-Led Clinic Model of Ketamine Infusion for Stimulant Use Disorder", "Stimulant Use Disorder; Cocaine Use",
         KETAMINE, label=ours("cocaine other"), purpose="HEALTH_SERVICES_RESEARCH"),
    hard(17, "Ketamine for Smoking Cessation in People With COPD Awaiting Surgery", "Tobacco Use Disorder; COPD",
         KETAMINE, "A Varenicline: Drug: Varenicline", label=ours("tobacco"), mesh="D014029 Tobacco Use Disorder"),
    hard(18, "Esketamine and E-Cigarette Cessation in Young Adults", "Vaping",
         "E Esketamine: Drug: Esketamine", SALINE, label=ours("tobacco")),
    hard(19, "Single-Dose Ketamine for Excessive Drinking in Sexual-Minority Men", "Excessive Drinking",
         KETAMINE, SALINE, label=ours("alcohol"), purpose="PREVENTION"),
    hard(20, "Ketamine for Meth Use Disorder in People Living With HIV", "Meth Use Disorder; HIV",
         KETAMINE, MIDAZOLAM, label=ours("methamphetamine")),
    hard(21, "Ketamine-Facilitated Discontinuation of Pregabalin", "Pregabalin Abuse",
         KETAMINE, SALINE, label=ours("other")),
    hard(22, "Supporting Benzodiazepine Discontinuation With Subcutaneous Ketamine in Older Adults", "Benzodiazepine Dependence; Insomnia; Anxiety",
         KETAMINE, SALINE, label=ours("sedative")),
    hard(23, "Ketamine for Z-Drug Dependence", "Zolpidem Dependence", KETAMINE, label=ours("sedative")),
    hard(24, "Ketamine for Kratom Dependence: a Case-Series Trial", "Kratom Use Disorder", KETAMINE, label=ours("other")),
    hard(25, "Ketamine Assisted GHB Detoxification", "GHB Dependence", "E K: Drug: S-ketamine + Drug: Baclofen", label=ours("other")),
    hard(26, "Oral Ketamine in People Who Smoke Crack", "Crack Cocaine Use Disorder", KETAMINE, label=ours("cocaine")),
    hard(27, "Ketamine to Reduce Opioid Craving During Methadone Maintenance", "Opioid Use", KETAMINE, SALINE, label=ours("opioid"),
         mesh="D009293 Opioid-Related Disorders"),
    hard(28, "Intravenous Ketamine for Adolescents With Depression and Cannabinoid Use Disorder", "Depressive Disorder; Cannabinoid Use Disorder",
         KETAMINE, label=ours("cannabis")),
    hard(29, "Ketamine for Treatment-Resistant Depression in Opioid Agonist Treatment", "Treatment-resistant Depression; Opioid-use Disorder",
         "E Ketamine: Drug: Ketamine", "P Placebo: Drug: Placebo", label=ours("opioid"), mesh="D003866 Depressive Disorder; D009293 Opioid-Related Disorders"),
    hard(30, "Compassionate Use of Esketamine in Refractory Alcohol Dependence", "Alcohol Dependence",
         "E Open: Drug: Esketamine", label=ours("alcohol"), type="EXPANDED_ACCESS", purpose=None),
    hard(31, "Outcomes of Patients Prescribed Ketamine for Alcohol Use Disorder in a Specialist Clinic", "Alcohol Use Disorder",
         "O Patients: Drug: Ketamine infusions", label=ours("alcohol"), type="OBSERVATIONAL"),
    hard(32, "Reducing Relapse by Weakening Drinking Memories", "Hazardous Drinking",
         "E RET+KET: Drug: Ketamine + Behavioral: Memory retrieval", "P RET+PBO: Drug: Placebo + Behavioral: Memory retrieval",
         "A KET: Drug: Ketamine + Behavioral: No retrieval", label=ours("alcohol"), purpose="BASIC_SCIENCE"),
    hard(33, "Electroconvulsive Therapy Responders With Alcohol Dependence: Ketamine Maintenance to Prevent Relapse to Drinking", "Alcohol Dependence",
         KETAMINE, SALINE, label=ours("alcohol")),
]

NAMES_OF_THE_DRUG = [
    hard(34, "Ketamin ved alkoholavhengighet", "Alcohol Dependence", "E Ketamin: Drug: Ketamin", "P Placebo: Drug: NaCl", label=ours("alcohol")),
    hard(35, "Eskétamine intranasale et trouble lié à l'usage d'alcool", "Alcohol Use Disorder", "E ESK: Drug: Eskétamine", label=ours("alcohol")),
    hard(36, "Cetamina subcutânea para dependência de crack", "Crack Cocaine Dependence", "E Cetamina: Drug: Cetamina", label=ours("cocaine")),
    hard(37, "Esketamina en el trastorno por uso de cocaína", "Cocaine Use Disorder", "E A: Drug: Esketamina", "P B: Drug: Suero fisiológico", label=ours("cocaine")),
    hard(38, "Chetamina nella dipendenza da alcol", "Alcohol Addiction", "E Chetamina: Drug: Chetamina", label=ours("alcohol")),
    hard(39, "艾司氯胺酮 for Alcohol Use Disorder", "Alcohol Use Disorder", "E 试验组: Drug: 艾司氯胺酮", "P 对照组: Drug: 生理盐水", label=ours("alcohol")),
    hard(40, "Кетамин в терапии зависимости", "Heroin Dependence", "E Кетамин: Drug: Кетамин", label=ours("opioid")),
    hard(41, "Rapid-Acting Glutamate Modulation for Cocaine Dependence", "Cocaine Dependence", "E CI 581 a: Drug: CI 581a + Behavioral: MBRP",
         "A CI 581 b: Drug: CI 581b + Behavioral: MBRP", label=ours("cocaine")),
    hard(42, "Cannabis Dependence and CI–581", "Cannabis Dependence", "E One: Drug: CI–581 infusion", label=ours("cannabis")),
    hard(43, "Calypsol in Alcohol Addicts", "Alcoholism", "E Calypsol: Drug: Calypsol", label=ours("alcohol")),
    hard(44, "Infusion Therapy in Opioid Use Disorder", "Opioid Use Disorder", "E Infusion: Drug: NMDA antagonist", label=ours("opioid"),
         also={"NMDA antagonist": "Ketanest S; (S)-ketamine"}),
    hard(45, "KAP for Alcohol Use Disorder", "Alcohol Use Disorder", "E KAP: Combination: Ketamine-assisted psychotherapy", "O TAU: Behavioral: Usual care", label=ours("alcohol")),
    hard(46, "Drug A or Drug B for Cravings", "Cocaine Use Disorder", "E Drug A: Drug: Drug A", "A Drug B: Drug: Drug B", label=ours("cocaine"),
         official="A Randomized, Double-Blind Trial of Ketamine for Craving in Cocaine Use Disorder", masking="QUADRUPLE"),
    hard(47, "Efficacy of Arketamine in Methamphetamine Dependence", "Methamphetamine Dependence", "E HR-071603: Drug: Study drug", "P Placebo: Drug: Matching placebo", label=ours("methamphetamine")),
    hard(48, "(2R,6R)-Hydroxynorketamine in Alcohol Use Disorder", "Alcohol Use Disorder", "E HNK: Drug: (2R,6R)-Hydroxynorketamine", label=not_ours("none")),
    hard(49, "Norketamine Pharmacokinetics and Drinking", "Alcohol Drinking", "E N: Drug: Norketamine", label=not_ours("none")),
    hard(50, "Knowledge, Attitude and Practice (KAP) of Alcohol Use Disorder Among Physicians", "Alcohol Use Disorder", "E Training: Behavioral: KAP training", label=not_ours("none"), purpose="OTHER"),
    hard(51, "KAP Survey on Tobacco Smoking", "Tobacco Smoking", "O Pupils: Other: KAP questionnaire", label=not_ours("none"), type="OBSERVATIONAL"),
]

ONLY_NAMED = [
    hard(52, "MDMA-Assisted Therapy for Alcohol Use Disorder", "Alcohol Use Disorder", "E MDMA: Drug: MDMA", SALINE, label=not_ours("none"),
         keywords="MDMA; ketamine; psilocybin; psychedelics"),
    hard(53, "Psilocybin for Methamphetamine Use Disorder After Ketamine Non-Response", "Methamphetamine Use Disorder", "E Psilocybin: Drug: Psilocybin", "A Niacin: Drug: Niacin", label=not_ours("none"),
         drug_mesh="D011562 Psilocybin"),
    hard(54, "Naturalistic Use of Psilocybin, Ketamine and MDMA and Changes in Drinking", "Alcohol Use Disorder", "O Cohort: ", label=not_ours("none"), type="OBSERVATIONAL"),
    hard(55, "Attitudes of Addiction Patients Towards Ketamine Treatment: a Survey", "Substance Use Disorders", "O Respondents: Other: Online survey", label=not_ours("none"), type="OBSERVATIONAL"),
    hard(56, "Teaching Clinicians About Ketamine and Psychedelics in Addiction Medicine", "Substance-Related Disorders", "E Course: Other: Online education", label=not_ours("none"), purpose="OTHER"),
    hard(57, "Cost-Effectiveness of Ketamine Therapy for Alcohol Use Disorder", "Alcohol Use Disorder", "O Cohort: ", label=not_ours("none"), type="OBSERVATIONAL"),
    hard(58, "Oral Fluid and Urine Testing for Ketamine, GHB and Cocaine in Nightlife", "Substance Use", "O Sample: Diagnostic: Urine test", label=not_ours("none"), type="OBSERVATIONAL", keywords="toxicology; ketamine"),
    hard(59, "Bladder Symptoms and Ketamine-Induced Cystitis in Street Drug Users", "Drug Abuse; Cystitis", "E Botox: Drug: Botulinum toxin A", label=not_ours("abused")),
    hard(60, "Hyaluronic Acid Instillation in Ketamine Abusers With Ulcerative Cystitis", "Ketamine Abuse; Cystitis, Ulcerative", "E HA: Device: Hyaluronic acid", label=not_ours("abused")),
    hard(61, "Transcranial Magnetic Stimulation for Craving in Ketamine Addiction", "Ketamine Addiction; Substance Use Disorders", "E rTMS: Device: rTMS", "S Sham: Device: Sham rTMS", label=not_ours("abused"),
         mesh="D019966 Substance-Related Disorders"),
    hard(62, "Cognitive Function in Ketamine Users and Polydrug Controls", "Drug Dependence", "O Ketamine users: ", "O Controls: ", label=not_ours("abused"), type="OBSERVATIONAL"),
    hard(63, "Contingency Management in Chemsex Participants Using Methamphetamine, GHB or Ketamine", "Methamphetamine Abuse", "E CM: Behavioral: Contingency management", label=not_ours("abused")),
    hard(64, "Retrospective Database Study of Ketamine Prescriptions and Alcohol Relapse", "Alcohol Dependence", "O Exposed: ", label=not_ours("none"), type="OBSERVATIONAL"),
    hard(65, "Memantine in Alcohol Dependence: Ketamine-Like Subjective Effects", "Alcohol Dependence", "E Memantine: Drug: Memantine", SALINE, label=not_ours("none")),
    hard(66, "Dextromethorphan-Bupropion for Cocaine Use Disorder", "Cocaine Use Disorder", "E AXS-05: Drug: Dextromethorphan-bupropion", label=not_ours("none"), keywords="NMDA antagonists; ketamine; esketamine"),
    hard(67, "tDCS to Prolong the Benefit of Prior Ketamine Treatment in Alcohol Use Disorder", "Alcohol Use Disorder", "E tDCS: Device: tDCS", "S Sham: Device: Sham", label=not_ours("none")),
]

ANOTHER_PURPOSE = [
    hard(68, "Ketamine Versus Methadone for Postoperative Pain in Patients on Buprenorphine", "Opioid Use Disorder; Pain, Postoperative", KETAMINE, "A Methadone: Drug: Methadone", label=not_ours("anaesthetic"),
         mesh="D010149 Pain, Postoperative; D009293 Opioid-Related Disorders"),
    hard(69, "Ketamine for Fracture Pain in Emergency Department Patients Taking Methadone", "Acute Pain; Opioid Dependence", KETAMINE, label=not_ours("anaesthetic")),
    hard(70, "Intraoperative Esketamine and Opioid Use After Thoracoscopic Surgery", "Opioid Use", "E Esketamine: Drug: Esketamine", SALINE, label=not_ours("anaesthetic")),
    hard(71, "Opioid-Free Anesthesia With Ketamine and Dexmedetomidine", "Opioid Use, Unspecified; Anesthesia", "E OFA: Drug: Ketamine + Drug: Dexmedetomidine", "A OBA: Drug: Fentanyl", label=not_ours("anaesthetic")),
    hard(72, "Ketamine Infusion to Reduce Opioid Consumption After Spine Fusion in Opioid-Tolerant Patients", "Opioid Dependence; Spine Fusion", KETAMINE, SALINE, label=not_ours("anaesthetic"), purpose="SUPPORTIVE_CARE"),
    hard(73, "Persistent Opioid Use After Knee Replacement: Perioperative Ketamine for Prevention", "Opioid Use Disorder; Arthroplasty", KETAMINE, SALINE, label=not_ours("anaesthetic"), purpose="PREVENTION"),
    hard(74, "Etomidate Versus Ketamine for Anesthesia Induction in Chronic Alcoholics", "Alcoholism; Anesthesia", "E Etomidate: Drug: Etomidate", KETAMINE, label=not_ours("anaesthetic"), mesh="D000437 Alcoholism"),
    hard(75, "Procedural Sedation With Ketamine-Propofol for Endoscopy in Opioid Addicts", "Opium Dependence", "E Ketofol: Drug: Ketamine-propofol", "A Propofol: Drug: Propofol", label=not_ours("anaesthetic")),
    hard(76, "Esketamine and Emergence Cough in Male Smokers Undergoing Thyroidectomy", "Smoking", "E Esketamine: Drug: Esketamine", SALINE, label=not_ours("anaesthetic"), purpose="PREVENTION"),
    hard(77, "Prehospital Ketamine for Agitation in Suspected Drug Intoxication", "Substance Intoxication; Agitation,Psychomotor", KETAMINE, "A Midazolam: Drug: Midazolam", label=not_ours("anaesthetic")),
    hard(78, "Alcohol-Based Sphenopalatine Block Versus Ketamine in Cancer Pain", "Cancer Pain", "E Block: Drug: Alcohol", "A Ketamine: Drug: Ketamine", label=not_ours("anaesthetic")),
    hard(79, "Ketamine for Treatment-Resistant Depression: Role of Smoking as a Risk Factor", "Major Depressive Disorder", KETAMINE, label=not_ours("treatment")),
    hard(80, "Ketamine for Depression With Nonalcoholic Fatty Liver Disease", "Depression; Non-alcoholic Fatty Liver Disease", KETAMINE, label=not_ours("treatment")),
    hard(81, "Esketamine for Internet Addiction and Depression", "Internet Addiction; Depression", "E Esketamine: Drug: Esketamine", label=not_ours("treatment")),
    hard(82, "Ketamine Gargle With Alcohol-Free Mouthwash for Sore Throat", "Sore Throat", KETAMINE, label=not_ours("anaesthetic")),
    hard(83, "Ketamine for Delirium After Cardiac Surgery in Heavy Drinkers", "Postoperative Delirium; Alcohol Abuse", KETAMINE, SALINE, label=not_ours("anaesthetic"), purpose="PREVENTION"),
    hard(84, "Ketamine Anesthesia for Electroconvulsive Therapy in Depressed Patients With Alcohol Dependence", "Depression; Alcohol Dependence", KETAMINE, "A Methohexital: Drug: Methohexital", label=not_ours("anaesthetic")),
    hard(85, "Labor Analgesia With Low-Dose Ketamine in Pregnant Women With Opioid Use Disorder", "Labor Pain; Opioid Use Disorder", KETAMINE, label=not_ours("anaesthetic")),
]

PROBES_AND_HEALTHY_PEOPLE = [
    hard(86, "NMDA Receptor Function in Healthy Volunteers at Risk for Alcoholism", "Alcoholism", KETAMINE, SALINE, label=not_ours("none"), healthy=True, purpose="BASIC_SCIENCE"),
    hard(87, "Ketamine Challenge With Lamotrigine Pretreatment in Healthy Men", "Healthy; Substance Abuse", "E L: Drug: Lamotrigine + Drug: Ketamine", label=not_ours("none"), healthy=True, purpose="BASIC_SCIENCE"),
    hard(88, "Abuse Potential of Esketamine in Recreational Polydrug Users", "Drug Abuse", "E Esketamine: Drug: Esketamine", SALINE, label=not_ours("abused"), healthy=True, purpose="OTHER"),
    hard(89, "Human Abuse Liability of a New NMDA Antagonist Compared With Ketamine", "Substance-Related Disorders", "E New: Drug: REL-1017", "A Ketamine: Drug: Ketamine", label=not_ours("abused"), healthy=True),
    hard(90, "Psychotomimetic Effects of Ketamine in Recently Detoxified Alcoholics: a Pharmacological Challenge Study", "Alcoholism", KETAMINE, SALINE, label=not_ours("none"), purpose="BASIC_SCIENCE"),
    hard(91, "Ketamine and Alcohol Interaction in Social Drinkers: Driving Simulation in Healthy Adults", "Alcohol Drinking; Healthy", "E K+A: Drug: Ketamine + Drug: Ethanol", label=not_ours("none"), healthy=True, purpose="BASIC_SCIENCE"),
    hard(92, "Pharmacokinetics of Intranasal Ketamine in Tobacco Smokers and Non-Smokers", "Healthy Volunteers", KETAMINE, label=not_ours("none"), healthy=True, purpose="BASIC_SCIENCE"),
]

ITS_PART_IN_THE_TRIAL = [
    hard(93, "Psilocybin-Assisted Therapy Versus Ketamine-Assisted Therapy for Opioid Use Disorder", "Opioid Use Disorder", "E Psilocybin: Drug: Psilocybin", "A Ketamine: Drug: Ketamine", label=ours("opioid", "comparator")),
    hard(94, "MDMA for PTSD and Alcohol Use Disorder", "PTSD; Alcohol Use Disorder", "E MDMA: Drug: MDMA", "A Active control: Drug: Ketamine", label=ours("alcohol", "comparator")),
    hard(95, "LSD for Cocaine Dependence", "Cocaine Dependence", "E LSD: Drug: LSD", "P Low-dose ketamine: Drug: Ketamine", label=ours("cocaine", "comparator")),
    hard(96, "Ketamine Versus Low-Dose Ketamine in Alcohol Use Disorder", "Alcohol Use Disorder", "E High: Drug: Ketamine 0.8 mg/kg", "A Low: Drug: Ketamine 0.05 mg/kg", label=ours("alcohol")),
    hard(97, "Midazolam as a Control for Ketamine in Tobacco Use Disorder", "Tobacco Use Disorder", KETAMINE, MIDAZOLAM, label=ours("tobacco")),
    hard(98, "Ketamine Augmentation of Naltrexone for Alcohol Use Disorder", "Alcohol Use Disorder", "E Both: Drug: Ketamine + Drug: Naltrexone", "A Naltrexone: Drug: Naltrexone", label=ours("alcohol", "adjunct")),
    hard(99, "Adjunct Ketamine in Methadone-Treated Opioid Dependence", "Opioid Dependence", "E Add-on: Drug: Ketamine", SALINE, label=ours("opioid", "adjunct")),
    hard(100, "Theta-Burst Stimulation Compared With Esketamine for Cocaine Use Disorder", "Cocaine Use Disorder", "E iTBS: Device: iTBS", "A Esketamine: Drug: Esketamine", label=ours("cocaine", "comparator")),
    hard(101, "Ketamine or Buprenorphine for Opioid Withdrawal: a Comparison", "Opioid Withdrawal", KETAMINE, "A Buprenorphine: Drug: Buprenorphine", label=ours("opioid")),
    hard(102, "Substance Use Disorders and Rapid-Acting Treatment", "Substance Use Disorders; Depression", KETAMINE, label=ours("unspecified"), mesh="D019966 Substance-Related Disorders"),
    hard(103, "Ketamine in Dual Diagnosis Inpatients", "Dual Diagnosis; Bipolar Depression", KETAMINE, label=ours("unspecified")),
    hard(104, "Ketamine in Nonmedical Use of Prescription Drugs", "Prescription Drug Misuse", KETAMINE, label=ours("unspecified")),
    hard(105, "Prevention of Return to Use After Prison Release: Ketamine", "Opioid-Related Disorders; Drug Overdose", KETAMINE, label=ours("opioid"), purpose="PREVENTION"),
    hard(106, "Gambling Disorder With Alcohol Use Disorder: Esketamine", "Gambling Disorder; Alcohol Use Disorder", "E E: Drug: Esketamine", label=ours("alcohol")),
    hard(107, "Inhalant Use Disorder Treated With Ketamine", "Inhalant Abuse", KETAMINE, label=ours("other")),
]

# fmt: on

HARD = [
    *GIVEN_AGAINST_THE_DISORDER,
    *NAMES_OF_THE_DRUG,
    *ONLY_NAMED,
    *ANOTHER_PURPOSE,
    *PROBES_AND_HEALTHY_PEOPLE,
    *ITS_PART_IN_THE_TRIAL,
]
