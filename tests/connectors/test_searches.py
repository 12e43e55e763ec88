"""How a watch's terms become searches: every pair is asked for, none too complicated, and no word commands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.clinicaltrials_gov.searches import Expression, expressions, term
from connectors.simulated.search import meaning_of
from connectors.simulated.synonyms import Thesaurus
from connectors.simulated.trial import Trial


def numbered(word: str, least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.integers(least, 40).map(lambda count: [f"{word} {n}" for n in range(count)])


def asked(search: Expression, parameter: str) -> list[str]:
    return search.params[parameter].split(" OR ") if parameter in search.params else []


class TestSplitting:
    @given(numbered("drug"), numbered("disorder"))
    def test_no_request_has_more_than_twelve_alternatives(self, drugs: list[str], disorders: list[str]) -> None:
        for search in expressions(drugs, disorders):
            assert len(asked(search, "query.intr")) + len(asked(search, "query.cond")) <= 12

    @given(numbered("drug", 1), numbered("disorder", 1))
    def test_every_drug_is_asked_for_with_every_disorder_exactly_once(
        self, drugs: list[str], disorders: list[str]
    ) -> None:
        pairs = [
            (drug, disorder)
            for search in expressions(drugs, disorders)
            for drug in asked(search, "query.intr")
            for disorder in asked(search, "query.cond")
        ]
        assert sorted(pairs) == sorted((drug, disorder) for drug in drugs for disorder in disorders)

    @given(numbered("drug", 1))
    def test_one_list_alone_is_asked_for_whole_and_without_the_other(self, terms: list[str]) -> None:
        by_drug, by_disorder = list(expressions(terms, ())), list(expressions((), terms))
        assert [each for search in by_drug for each in asked(search, "query.intr")] == terms
        assert [each for search in by_disorder for each in asked(search, "query.cond")] == terms
        assert {key for search in by_drug for key in search.params} == {"query.intr"}
        assert {key for search in by_disorder for key in search.params} == {"query.cond"}

    @given(numbered("drug"), numbered("disorder"))
    def test_searches_have_names_of_their_own(self, drugs: list[str], disorders: list[str]) -> None:
        names = [search.name for search in expressions(drugs, disorders)]
        assert len(set(names)) == len(names)

    @pytest.mark.parametrize(
        ("drugs", "disorders", "requests"),
        [
            *[(0, 0, 1), (12, 0, 1), (13, 0, 2), (0, 25, 3)],
            *[(1, 11, 1), (11, 1, 1), (6, 6, 1), (1, 12, 2), (12, 1, 2), (3, 10, 2), (7, 7, 2)],
            *[(20, 20, 12), (40, 1, 4)],
        ],
    )
    def test_there_are_as_few_requests_as_can_be(self, drugs: int, disorders: int, requests: int) -> None:
        names = [f"x{n}" for n in range(40)]
        assert len(list(expressions(names[:drugs], names[:disorders]))) == requests

    def test_a_small_watch_is_one_search_that_people_can_read(self) -> None:
        assert list(expressions(["ketamine", "CI-581a"], ["alcohol use disorder"])) == [
            Expression(
                "ketamine OR CI-581a with alcohol use disorder",
                {"query.intr": "ketamine OR CI-581a", "query.cond": "alcohol use disorder"},
            )
        ]

    def test_no_terms_at_all_are_one_search_for_everything(self) -> None:
        assert list(expressions([], [])) == [Expression("everything", {})]


class TestTerms:
    @pytest.mark.parametrize(
        "words",
        [
            "ketamine",
            "alcohol use disorder",
            "CI-581a",
            "Crohn's disease",
            "kétamine",
            "kétamine 物質",
            "this and not that",
        ],
    )
    def test_plain_words_stay_bare_so_that_the_registry_widens_them(self, words: str) -> None:
        assert term(words) == words

    def test_blanks_and_line_breaks_are_one_blank(self) -> None:
        assert term("  alcohol \n use\tdisorder ") == "alcohol use disorder"

    @pytest.mark.parametrize(
        ("words", "quoted"),
        [
            ("AND", '"AND"'),
            ("ketamine OR water", '"ketamine OR water"'),
            ("NOT ketamine", '"NOT ketamine"'),
            ("ALL", '"ALL"'),
            ("ketamine (racemic)", '"ketamine (racemic)"'),
            (")", '")"'),
            ("AREA[Phase]PHASE2", '"AREA[Phase]PHASE2"'),
            ("RANGE[MIN,MAX]", '"RANGE[MIN,MAX]"'),
            ("sedative, hypnotic", '"sedative, hypnotic"'),
            ('the "dissociative" one', r'"the \"dissociative\" one"'),
            ("a\\", r'"a\\"'),
            ('a\\"', r'"a\\\""'),
            ("MDMA/ketamine", '"MDMA/ketamine"'),
        ],
    )
    def test_operators_and_punctuation_are_quoted(self, words: str, quoted: str) -> None:
        assert term(words) == quoted

    @pytest.mark.parametrize(
        "words", ["NCT02649231", "nct02649231", "NCT02649231 NCT00588952", "like NCT02649231"]
    )
    def test_trial_numbers_are_quoted_because_bare_they_switch_everything_else_off(self, words: str) -> None:
        assert term(words) == f'"{words}"'

    @given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=12))
    def test_whatever_people_write_is_a_query_the_registry_understands(self, terms: list[str]) -> None:
        query = " OR ".join(map(term, terms))
        meaning_of(query, "InterventionSearch", "Intervention / treatment", Thesaurus({}))

    @given(st.text(alphabet="ab1 \"\\()[],-/'ANDORTX").filter(lambda words: any(map(str.isalnum, words))))
    def test_whatever_people_write_finds_the_trial_that_is_called_so(self, words: str) -> None:
        def of(name: str) -> Trial:
            return Trial({"protocolSection": {"armsInterventionsModule": {"interventions": [{"name": name}]}}})

        finds = meaning_of(term(words), "InterventionSearch", "Intervention / treatment", Thesaurus({}))
        assert finds(of(words))
        assert not finds(of("placebo"))
