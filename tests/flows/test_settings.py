"""What a user may write, and what he is told when it cannot be meant."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.settings import SettingsError, configuration, from_environment, understood
from warehouse.judge.watch import Override, Ruling, Subscription

WHOLE = """
[watch.ketamine-sud]
registries = ["clinicaltrials.gov", "isrctn", "ctis"]
interventions = ["ketamine", "ketamine", " esketamine "]
conditions = ["alcohol use disorder"]
follow = ["nct02649231"]
relevance = "ketamine-substance-use"
min_trials = 40
max_trials = 2000

[watch.ketamine-sud.overrides]
NCT00588952 = { relevant = false, reason = "healthy volunteers", by = "curator" }

[watch.all]
everything = true

[[subscription]]
name = "addiction-group"
watch = "ketamine-sud"
substances = ["alcohol", "cannabis"]
kinds = ["completed"]
to = ["team@example.org"]
notify = ["slack"]
send = "weekly"
"""


def read(tmp_path: Path, text: str) -> object:
    path = tmp_path / "trialwatch.toml"
    path.write_text(text, "utf-8")
    return configuration(path)


def test_a_whole_configuration_is_read(tmp_path: Path) -> None:
    path = tmp_path / "trialwatch.toml"
    path.write_text(WHOLE, "utf-8")
    found = configuration(path)
    watch = found.watch("ketamine-sud")
    assert watch.interventions == ("ketamine", "esketamine")
    assert watch.follow == ("NCT02649231",)
    assert watch.overrides == {"NCT00588952": Override(False, "healthy volunteers", "curator")}
    assert found.watch("all").everything
    assert found.watch("all").registries == ("clinicaltrials.gov",)
    assert found.subscriptions == (
        Subscription(
            "addiction-group",
            "ketamine-sud",
            ("team@example.org",),
            ("alcohol", "cannabis"),
            ("completed",),
            "weekly",
            ("slack",),
        ),
    )


def test_the_repositorys_own_configuration_is_valid() -> None:
    found = configuration(Path(__file__).parents[2] / "trialwatch.toml")
    assert found.watch("ketamine-sud").relevance == "ketamine-substance-use"
    assert found.subscriptions[0].substances == ("alcohol", "cannabis")
    assert found.subscriptions[0].kinds == ("completed", "stopped", "results_posted")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no [watch.NAME]"),
        ("[watch.w]\n", "asks for nothing"),
        ('[watch.w]\neverything = true\nconditions = ["a"]', "both everything and terms"),
        ("[watch.w]\neverything = 1", "everything must be true or false"),
        ('[watch.w]\nintervention = ["a"]', "unknown key 'intervention' (did you mean 'interventions'?)"),
        ('[watch.w]\ninterventions = "a"', "interventions must be a list of texts"),
        ('[watch.w]\ninterventions = [""]', "none of them empty"),
        ('[watch.w]\nconditions = ["a"]\nregistries = ["isctrn"]', "did you mean 'isrctn'"),
        ('[watch.w]\nconditions = ["a"]\nrelevance = "ketamin"', "it is one of ketamine-substance-use"),
        ('[watch.w]\nconditions = ["a"]\nmin_trials = "9"', "min_trials must be a whole number"),
        ('[watch.w]\nconditions = ["a"]\nmin_trials = true', "min_trials must be a whole number"),
        ('[watch.w]\nconditions = ["a"]\nmin_trials = -1', "must not be negative"),
        ('[watch.w]\nconditions = ["a"]\nmin_trials = 9\nmax_trials = 2', "min_trials above max_trials"),
        ('[watch."a b"]\nconditions = ["a"]', "cannot be a watch's name"),
        ('[watch.w]\nconditions = ["a"]\nregistries = []', "leave the line out for clinicaltrials.gov alone"),
        ('[watch.w]\nfollow = ["NCT123"]', "no trial's number (such as NCT01234567, ISRCTN12345678 or"),
        ("[watch]\nw = 1", "[watch.w] must be a table"),
        (
            '[watch.w]\nconditions = ["a"]\n[watch.w.overrides]\nNCT00000001 = { reason = "r", by = "b" }',
            "relevant = true",
        ),
        (
            '[watch.w]\nconditions = ["a"]\n[watch.w.overrides]\nNCT00000001 = { relevant = true }',
            "needs a reason",
        ),
        ('[wacth.w]\nconditions = ["a"]', "unknown key 'wacth' (did you mean 'watch'?)"),
        ("[watch", "is not valid TOML"),
        ('[[subscription]]\nwatch = "w"\n[watch.w]\nconditions = ["a"]', "has no name"),
        ('[[subscription]]\nname = "s"\n[watch.w]\nconditions = ["a"]', "names no watch"),
        ('[[subscription]]\nname = "s"\nwatch = "v"\n[watch.w]\nconditions = ["a"]', "watch cannot be 'v'"),
        ('[[subscription]]\nname="s"\nwatch="w"\nto=["a b"]\n[watch.w]\nconditions=["a"]', "no mail address"),
        ('[[subscription]]\nname="s"\nwatch="w"\nsend="hourly"\n[watch.w]\nconditions=["a"]', "is one of immed"),
        ('[[subscription]]\nname="s"\nwatch="w"\nkinds=["done"]\n[watch.w]\nconditions=["a"]', "kinds cannot be"),
        (
            '[[subscription]]\nname="s"\nwatch="w"\nto=["a@b.org"]\n'
            '[[subscription]]\nname="s"\nwatch="w"\nto=["a@b.org"]\n[watch.w]\nconditions=["a"]',
            "two subscriptions are called 's'",
        ),
    ],
)
def test_what_cannot_be_meant_is_an_error_that_says_what_would_be_right(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(SettingsError) as error:
        read(tmp_path, text)
    assert said in str(error.value)
    assert "trialwatch.toml" in str(error.value)


TIE = 'trials = ["ISRCTN85955128", "NCT02649231"]\nreason = "the protocol names both"\nby = "A. Curator"\n'
OF_ONE = 'trials = ["NCT02649231", "NCT02461927"]\nreason = "r"\nby = "b"\n'


def test_a_person_ties_and_parts_numbers_as_they_are_written_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "trialwatch.toml"
    written = (
        '[[part]]\ntrials = ["nct02649231", "EudraCT 2015-000222-11"]\nreason = """ two\nsites """\nby = "B"\n'
    )
    path.write_text(f"{WHOLE}\n[[tie]]\n{TIE}\n{written}\n[[part]]\n{OF_ONE}", "utf-8")
    assert configuration(path).rulings == (
        Ruling("ISRCTN85955128", "NCT02649231", True, "the protocol names both", "A. Curator"),
        Ruling("2015-000222-11", "NCT02649231", False, "two sites", "B"),
        Ruling("NCT02461927", "NCT02649231", False, "r", "b"),
    )


def test_an_eudract_number_and_its_number_in_ctis_are_of_two_registries(tmp_path: Path) -> None:
    path = tmp_path / "trialwatch.toml"
    tie = 'trials = ["2015-000222-11", "2022-500244-37-00"]\nreason = "r"\nby = "b"\n'
    path.write_text(f"{WHOLE}\n[[tie]]\n{tie}", "utf-8")
    assert configuration(path).rulings == (Ruling("2015-000222-11", "2022-500244-37", True, "r", "b"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tie = 1", "tie must be written as [[tie]]"),
        (f"[[tie]]\n{TIE}why = 'x'", "tie 1 has an unknown key 'why'"),
        ("[[tie]]\nreason = 'r'\nby = 'b'", "tie 1: trials must hold two numbers; it holds 0"),
        ("[[tie]]\n" + TIE.replace("]", ', "DRKS00000001"]'), "must hold two numbers; it holds 3"),
        (
            f"[[tie]]\n{TIE.replace('NCT02649231', 'PROT-7')}",
            "'PROT-7', which is no registry's number; write it as",
        ),
        (f"[[tie]]\n{TIE.replace('NCT02649231', 'NCT0264923')}", "which is no registry's number"),
        (
            f"[[part]]\n{TIE.replace('ISRCTN85955128', 'nct 02649231')}",
            "part 1: nct 02649231 and NCT02649231 are the",
        ),
        (
            f"[[tie]]\n{OF_ONE}",
            "tie 1: NCT02461927 and NCT02649231 are two numbers of one registry, which stay two",
        ),
        (f"[[tie]]\n{TIE}[[tie]]\n{TIE.replace('reason', '#')}", "tie 2 needs a reason and a name (by)"),
        (f"[[part]]\n{TIE.replace('by', '#')}", "part 1 needs a reason and a name (by)"),
        (
            f"[[tie]]\n{TIE}[[part]]\n{TIE}",
            "tie 1 and part 1 are both about ISRCTN85955128 and NCT02649231; keep one",
        ),
        (f"[[tie]]\n{TIE}[[tie]]\n{TIE}", "tie 1 and tie 2 are both about"),
    ],
)
def test_a_ruling_that_cannot_be_meant_says_what_would_be_right(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "trialwatch.toml"
    path.write_text(f"{text}\n{WHOLE}", "utf-8")
    with pytest.raises(SettingsError) as error:
        configuration(path)
    assert said in str(error.value)
    found, troubles = understood(path)
    assert [said in trouble for trouble in troubles] == [True], "also where it is looked at piece by piece"
    assert found.watch("all").everything


def test_a_missing_file_says_where_to_set_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="set TRIALWATCH_CONFIG") as error:
        configuration(tmp_path / "none.toml")
    offered = re.search(r"`trialwatch init` writes one, (\S+) is one to copy", str(error.value))
    assert offered
    assert configuration(Path(offered[1])).watch("ketamine-sud").follow


def test_a_file_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes("# é".encode("latin-1"))
    with pytest.raises(SettingsError, match="not UTF-8"):
        configuration(tmp_path / "latin.toml")


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = from_environment({})
    assert settings.data_dir == Path("data")
    assert settings.config == Path("trialwatch.toml")
    assert settings.ctgov_url == "https://clinicaltrials.gov"
    assert (settings.requests_per_second, settings.retry_s, settings.keep_landed_days) == (1.0, 900.0, 30)
    assert settings.frozen_now is None
    assert settings.now().tzinfo is UTC
    assert settings.agent.startswith("trialwatch/0.")


def test_a_frozen_instant_stands_in_for_the_clock() -> None:
    settings = from_environment({"TRIALWATCH_NOW": "2026-09-12T04:30:00+02:00"})
    assert settings.now() == datetime(2026, 9, 12, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REQUESTS_PER_SECOND", "0"),
        ("REQUESTS_PER_SECOND", "fast"),
        ("REQUESTS_PER_SECOND", "nan"),
        ("REQUESTS_PER_SECOND", "inf"),
        ("REQUESTS_PER_SECOND", "1e-320"),
        ("RETRY_SECONDS", "-1"),
        ("RETRY_SECONDS", "1e308"),
        ("KEEP_LANDED_DAYS", "many"),
        ("KEEP_LANDED_DAYS", "1000000"),
        ("CTGOV_URL", "clinicaltrials.gov"),
        ("NOW", "yesterday"),
        ("NOW", "0001-01-01T00:00:00+14:00"),
        ("NOW", "9999-12-31T23:59:59-12:00"),
        ("NOW", "2026-09-12T02:30:00"),
        ("USER_AGENT", "two\nlines"),
        ("USER_AGENT", "Jörg"),
        ("MAIL_FROM", "nobody"),
        ("REPLY_TO", "a@b, c@d"),
        ("OPERATOR", "Op <op@example.org"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"TRIALWATCH_{name}"):
        from_environment({f"TRIALWATCH_{name}": value})
