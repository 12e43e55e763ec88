"""The front door: one small function a command. What each does is elsewhere; here it is only called.

Heavy libraries are imported by the commands that need them: ``status``, ``show``, ``changes`` and ``query``
import neither Prefect nor SQLModel and never open the store.
"""

import getpass
import logging
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, TypeVar

from cyclopts import App, CycloptsError, Parameter

from connectors.numbers import as_typed
from connectors.printable import printable
from flows import envfile, misuse
from flows.endings import Code, Ending, code_of, told
from flows.init.given import NOTHING_GIVEN, GivenAnswers
from flows.settings import Settings, SettingsError, configuration, from_environment
from flows.terminal.as_json import print_json as _print_json
from flows.terminal.charset import speak_plainly
from flows.without_secrets import Harmless, without_secrets
from warehouse.words.checks import CHECKS
from warehouse.words.kinds import KINDS
from warehouse.words.vocabulary import SUBSTANCES

log = logging.getLogger("trialwatch")
ENV_FILE = "--env-file"

app = App(
    name="trialwatch",
    help="Tells what happened to the clinical trials you watch.\n\n"
    "Settings come from the environment; --env-file FILE, with any command, adds those of a file.",
    version=lambda: _version(),
    default_parameter=Parameter(negative=()),
    result_action="return_value",
    suppress_keyboard_interrupt=False,  # main says what became of the work
)
Json = Annotated[bool, Parameter(help="Print one JSON document on standard output.")]
Format = Literal["table", "csv", "json"]
Kinds = Annotated[tuple[str, ...], Parameter(help=f"Only these kinds of change: {', '.join(KINDS)}.")]
Substance = Annotated[str | None, Parameter(help=f"Only trials about it: {', '.join(SUBSTANCES)}.")]
Accept = Annotated[
    str | None, Parameter(help=f"Let this check fail tonight, on record, with --because: {', '.join(CHECKS)}.")
]
MOST_HOURS = 876_000
"""A hundred years."""
LONGEST_SAID = 2000
"""Letters of one sentence; it may repeat what was typed."""


def _are_hours(_: object, hours: float) -> None:
    if not 0 <= hours <= MOST_HOURS:
        raise ValueError(f"write a number of hours from 0 to {MOST_HOURS}")


Hours = Annotated[float, Parameter(help="Hours that the last complete night may be old.", validator=_are_hours)]


def _version() -> str:
    from importlib.metadata import version

    return version("trialwatch")


Does = TypeVar("Does", bound=Callable[..., Code])


def _command(example: str, name: str | None = None) -> Callable[[Does], Does]:
    """A command of the front door, whose help ends with an example."""

    def listed(does: Does) -> Does:
        app.command(does, name=name, help_epilogue=f"Example: {example}")
        return does

    return listed


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with its code (docs/commands.md)."""
    speak_plainly()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not _names_a_command(words):  # what serves only who asks for help or completion takes time to import
        app.register_install_completion_command()
    # Other libraries' chatter would drown our one sentence; their warnings are let through.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Harmless(logging.Formatter("trialwatch: %(message)s")))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    log.setLevel(logging.INFO)
    try:
        misuse.must_be_text(words)
        code = app(_without_env_file(words), exit_on_error=False, print_error=False)
    except CycloptsError as error:
        _say(misuse.sentence(error))
        code = Code.USAGE
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); that is no error of anyone's.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Code.DONE
    except KeyboardInterrupt:
        _say("interrupted; what was complete is kept, the rest is as it was")
        code = 130
    except Exception as error:
        known = code_of(told(error))
        if known is None:
            log.exception("this is a bug of trialwatch; please report it with the lines below")
        else:
            _say(str(told(error)))
        code = known or Code.OUR_BUG
    sys.exit(int(code or 0))


def _names_a_command(words: Sequence[str]) -> bool:
    return bool(words) and (not words[0].startswith("-") or words[0].startswith(ENV_FILE))


def _without_env_file(words: list[str]) -> list[str]:
    """The words without ``--env-file FILE``, which is noted where every reader of settings finds it."""
    at = next((at for at, word in enumerate(words) if word == ENV_FILE or word.startswith(f"{ENV_FILE}=")), None)
    if at is None or "--" in words[:at]:
        return words
    _, is_one_word, file = words[at].partition("=")
    end = at + (1 if is_one_word else 2)
    file = file or "".join(words[at + 1 : end])
    if not file:
        raise SettingsError(f"{ENV_FILE} names no file; write {ENV_FILE} trialwatch.env")
    os.environ[envfile.NAMED_BY] = os.path.abspath(file)  # noqa: PTH100 - links stay as they are
    if ENV_FILE in (word.partition("=")[0] for word in words[end:]):
        raise SettingsError(f"{ENV_FILE} is given more than once; give it once")
    return words[:at] + words[end:]


@_command("trialwatch init --drug ketamine --disorder alcoholism --to you@example.org --contact you@example.org")
def init(
    *,
    answers: Annotated[GivenAnswers, Parameter(name="*")] = NOTHING_GIVEN,
    folder: Path = Path(),
    force: bool = False,
    ask: Annotated[bool, Parameter(negative="--no-ask")] = True,
) -> Code:
    """Write trialwatch.toml and trialwatch.env from answers; what has no flag is asked for.

    Parameters
    ----------
    folder
        Where to write them; otherwise here.
    force
        Write over files that are there.
    ask
        Ask for nothing, though a terminal is there: what has no flag takes its default.
    """
    from flows import pasted_search
    from flows.init import beginning

    found = beginning.write(folder, answers, is_attended=ask and sys.stdin.isatty(), may_replace=force)
    for left_out in found.asks.left_out:
        _say(f"left out: {left_out} (a trial that changes would drop out of the watch)")
    if found.asks.is_of_an_address and found.registries == (pasted_search.REGISTRY,):
        _say(pasted_search.ALONE)
    _say(f"wrote trialwatch.toml and trialwatch.env to {folder.absolute()}")
    print("\n".join(beginning.farewell(folder)))
    if found.wants_test_mail:
        _say(beginning.test_mail(folder))
    return Code.DONE


@_command("trialwatch run --watch ketamine-sud")
def run(
    *,
    watch: str | None = None,
    prefect: Annotated[bool, Parameter(negative="--no-prefect")] = True,
    accept: Accept = None,
    because: str | None = None,
    json: Json = False,
) -> Code:
    """One night, now: collect, compare, keep, publish, deliver.

    Parameters
    ----------
    watch
        Only this watch of trialwatch.toml; otherwise all of them.
    prefect
        As a Prefect flow; without Prefect where it cannot start.
    because
        Why it may fail.
    """
    from flows.terminal.progress import shown
    from flows.with_prefect import orchestration

    settings = _of_real_nights()
    configured = orchestration.configured(settings)
    configured.chosen(watch)  # a wrong name is told before anything starts
    accepted = _acceptance(accept, because)
    with shown() as progress:
        tonight = orchestration.NightToRun(settings, configured, progress, accepted)
        report = orchestration.run(tonight, watch, with_prefect=prefect)
    if json:
        _print_json(orchestration.facts(report))
    code = _end(report.ending)
    if (settings.published / "index.html").exists():
        _say(f"the page is {settings.published / 'index.html'}")
    return code


@_command("trialwatch --env-file trialwatch.env serve")
def serve(
    *,
    night: str = "30 2 * * *",
    deliver: str = "5 * * * *",
    watchdog: str = "15 9 * * *",
    port: int | None = None,
) -> Code:
    """Run the schedules until Ctrl-C or SIGTERM: the night, the hourly delivery and the watchdog.

    Settings and trialwatch.toml are read anew at each run.

    Parameters
    ----------
    night
        When, as cron says it, in UTC.
    deliver
        The same, for the delivery.
    watchdog
        The same, for the guard against nights that do not happen.
    port
        Of the Prefect server that it starts where PREFECT_API_URL names none; otherwise a free one.
    """
    from flows import serve as serving

    settings = _of_real_nights()
    configuration(settings.config)  # what is wrong from the start is told to whoever starts it
    serving.serve(settings, serving.Schedules(night, deliver, watchdog), port)
    _say("ended; what was planned for later is made up for at the next start")
    return Code.DONE


@_command("trialwatch --env-file trialwatch.env doctor")
def doctor(*, json: Json = False) -> Code:
    """Whether a night would succeed, and if not, what to do: settings, disk, store, registries, mail, schedule.

    Nothing is changed and no mail is sent. Exit 0 when a night would succeed, else what it would end with.
    """
    from flows import doctor as examining
    from flows.doctor import report
    from flows.terminal.progress import shown

    with shown() as progress:
        examined = examining.examine(None, progress)
    if json:
        _print_json(examined.document())
    else:
        report.shown(examined.findings)
    _say(examined.sentence)
    return examined.code


@_command("trialwatch deliver --test you@example.org")
def deliver(*, again: str | None = None, test: str | None = None, json: Json = False) -> Code:
    """Send what is due, by mail and to channels; wait for the store up to ten minutes.

    Parameters
    ----------
    again
        Send once more what was given up: of this address, channel (notify:slack), subscription or id, or of all.
    test
        Send a test to this one address or channel (notify:slack) instead, and nothing else.
    """
    from flows import delivery

    settings = from_environment()
    misuse.one_at_most(again=again, test=test)
    ending = Ending()
    if test is not None:
        ending.note(Code.DONE, _tested(settings, test))
        return _end(ending)
    _of_real_nights()
    configured = configuration(settings.config)
    delivered = delivery.deliver_by_itself(settings, configured, again)
    if json:
        channels = {name: each.counts for name, each in delivered.channels.items()}
        counts = {"sent": delivered.sent, "given_up": delivered.given_up, "mail_waiting": delivered.waiting}
        _print_json({**counts, "channels": channels})
    ending.note(delivered.code, delivered.sentence)
    return _end(ending)


def _tested(settings: Settings, recipient: str) -> str:
    from connectors.address import bare
    from flows import channels, delivery
    from warehouse.judge.watch import CHANNEL

    if recipient.startswith(CHANNEL):
        return channels.send_test(settings, recipient)
    try:
        bare(recipient)
    except ValueError as error:
        how = f"write you@example.org, or {CHANNEL}slack for a channel"
        raise SettingsError(f"--test is given no mail address ({error}): {how}") from error
    return delivery.send_test(settings, recipient)


@_command("trialwatch preview --since 2026-10-01 --folder mails")
def preview(
    *, since: date | None = None, until: date | None = None, folder: Path | None = None, json: Json = False
) -> Code:
    """The mails that would go out, byte for byte, as a mailbox on standard output; nothing is sent or marked.

    Parameters
    ----------
    since
        Every mail that fell due since this day, those that were sent too.
    until
        Only mails that fall due until this day.
    folder
        Write each mail to a file in this folder instead.
    """
    from flows import preview as looking

    settings = from_environment()
    misuse.one_at_most(folder=folder, json=json)
    misuse.in_order(since, until)
    previewed = looking.mails(settings, configuration(settings.config), looking.Period(since, until))
    if json:
        _print_json(looking.documents(previewed))
    elif folder:
        looking.into_folder(previewed, folder)
    else:
        for part in looking.as_mbox(previewed):
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
    _say(looking.sentence(previewed, settings.now()))
    return Code.DONE


@_command("trialwatch backfill --watch ketamine-sud")
def backfill(*, watch: str | None = None, json: Json = False) -> Code:
    """The past of the trials that are held, from ClinicalTrials.gov's record history. It never alerts.

    It may be stopped at any time and run again; exit 3 where the registry refuses, with nothing else harmed.

    Parameters
    ----------
    watch
        Only this watch of trialwatch.toml; otherwise all of them.
    """
    from flows import backfill as filling
    from flows.terminal.progress import shown
    from flows.with_prefect import orchestration

    settings = _of_real_nights()
    configured = configuration(settings.config)
    with shown() as progress:
        report = filling.fill(settings, configured, watch, progress)
    if json:
        _print_json(orchestration.facts(report))
    return _end(report.ending)


@_command("trialwatch backup /backup/trialwatch.duckdb")
def backup(file: Path) -> Code:
    """Copy the store, whole, to a file."""
    from flows import backups

    _say(backups.back_up(from_environment(), file))
    return Code.DONE


@_command("trialwatch restore /backup/trialwatch.duckdb")
def restore(file: Path) -> Code:
    """Put a backup in the store's place, and publish what it holds. What was there is kept."""
    from flows import backups

    settings = _of_real_nights()
    _say(backups.restore(settings, configuration(settings.config), file))
    return Code.DONE


@_command("trialwatch rebuild")
def rebuild(*, json: Json = False) -> Code:
    """Read every stored record again with today's code, and publish; no registry is asked and nobody is told.

    What is read otherwise of a trial is in changes, with cause normaliser.
    """
    from flows import rebuild as rebuilding
    from flows.terminal.progress import shown

    settings = _of_real_nights()
    configured = configuration(settings.config)
    with shown() as progress:
        report = rebuilding.rebuild(settings, configured, progress)
    if json:
        _print_json(rebuilding.facts(report))
    return _end(report.ending)


@_command("trialwatch status --max-age 60")
def status(*, max_age: Hours = 36.0, json: Json = False) -> Code:
    """Last nights, age of the data, mail waiting and given up.

    Exit 7 when the last complete night is too old, 5 while no mail reaches the operator.
    """
    from flows.demo.folder import is_demo
    from flows.terminal import show
    from warehouse.publish import status

    settings = from_environment()
    facts = status.read(settings.status_file)
    is_made_up = is_demo(settings.data_dir)
    stale = None if is_made_up else status.staleness(facts, settings.now(), max_age)
    if is_made_up and not json:
        print("This is the demo's data: made-up trials, and nights of a made-up year that never grow stale.")
    if json:
        known = facts or {"nights": [], "runs": []}
        _print_json({**known, "is_demo": is_made_up, "is_stale": stale is not None, "sentence": stale})
    elif facts:
        show.status(facts)
    if not status.is_as_left(_published(settings), facts):
        _must_open(_published(settings), is_due=bool((facts or {}).get("published_file")))
    mail_trouble = (facts or {}).get("mail_trouble")
    for sentence in filter(None, (stale, mail_trouble, *status.elsewhere_troubles(facts))):
        _say(sentence)
    return _status_code(stale, mail_trouble)


@_command("trialwatch watchdog --max-age 60")
def watchdog(*, max_age: Hours = 36.0) -> Code:
    """Judge like status, and mail the operator when the last complete night is too old."""
    from flows import watchdog as dog

    seen = dog.watch(from_environment(), max_age)
    for sentence in seen.sentences:
        _say(sentence)
    return _status_code(seen.stale, seen.mail_trouble)


def _must_open(published: Path, *, is_due: bool) -> None:
    """That the published file can be opened is a fact too; the night saw to it, and left it as it was.

    ``is_due``: a night did publish one, so that none is as bad as one that cannot be opened.
    """
    if is_due or published.exists():
        from warehouse.publish import questions  # late: DuckDB alone takes as long as all the rest

        with questions.published(published):
            pass


def _status_code(stale: str | None, mail_trouble: str | None) -> Code:
    """Old data are the graver news; while mail reaches nobody, somebody must hear of it another way."""
    if stale:
        return Code.STALE
    return Code.MAIL_DUE if mail_trouble else Code.DONE


@_command("trialwatch changes --since 2026-10-01 --kind completed --format csv")
def changes(
    *,
    since: date | None = None,
    kind: Kinds = (),
    substance: Substance = None,
    after: str | None = None,
    format: Format = "table",  # noqa: A002 - the contract's word
    json: Json = False,
) -> Code:
    """What changed, the latest first; with --after, what came since the last time, the first first.

    Parameters
    ----------
    since
        Only what we have seen since this day (YYYY-MM-DD).
    after
        With --json: what came after this cursor, each change once, and the next cursor; "start" begins.
    """
    from flows.terminal import show
    from warehouse.publish import questions

    misuse.one_at_most(json=json, format_csv=format == "csv")
    for name, values, among in (("--kind", kind, tuple(KINDS)), ("--substance", (substance,), SUBSTANCES)):
        _one_of(name, values, among)
    if after is not None:
        if since or not (json or format == "json"):
            raise SettingsError("--after CURSOR goes with --json, and without --since")
        return _print_since(after, kind, substance)
    with questions.published(_published(from_environment())) as con:
        answer = questions.changes(con, since=since, kinds=kind, substance=substance)
        if json or format == "json":
            _print_json(answer.documents())
        elif format == "csv":
            show.as_csv(answer.columns, (tuple(each.values()) for each in answer.documents()))
        else:
            show.changes(answer.documents())
    return Code.DONE


def _print_since(after: str, kinds: Sequence[str], substance: str | None) -> Code:
    from warehouse.publish import cursor, questions

    with questions.published(_published(from_environment())) as con:
        found, behind = cursor.all_since(con, after, kinds=kinds, substance=substance)
        _print_json({"changes": found, "cursor": behind})
    return Code.DONE


@_command("trialwatch show NCT02649231", name="show")
def show_trial(trial_id: str, *, json: Json = False) -> Code:
    """One trial: how it stands, why it is in the watch, and its whole timeline."""
    from flows.terminal import show
    from warehouse.publish import one_trial, questions

    if not (wanted := as_typed(trial_id)):
        raise SettingsError("give a trial's number, as in trialwatch show NCT02649231")
    with questions.published(_published(from_environment())) as con:
        facts = one_trial.trial(con, wanted)
    if facts is None:
        _say(f"no watch has ever held a trial {wanted}; its number may be spelt otherwise")
        return Code.USAGE
    if (bearer := facts["trial"]["trial_id"]) != wanted:
        _say(f"{wanted} is a former number of {bearer}")
    if json:
        _print_json(facts)
    else:
        show.trial(facts)
    return Code.DONE


@_command('trialwatch query "SELECT trial_id, title FROM trials WHERE is_overdue" --format csv')
def query(
    sql: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    /,
    *,
    format: Format = "table",  # noqa: A002 - the contract's word
    json: Json = False,
) -> Code:
    """Ask the published file in SQL; nothing can be written and no other file be read.

    Parameters
    ----------
    sql
        The question; without it, or as "-", it is read from standard input.
    """
    from flows.terminal import show
    from warehouse.publish import questions

    misuse.one_at_most(json=json, format_csv=format == "csv")
    question = _standard_input() if sql in (None, "-") else str(sql)
    with questions.published(_published(from_environment())) as con:
        answer = questions.stream(con, question)
        if json or format == "json":
            _print_json(answer.documents())
        elif format == "csv":
            show.as_csv(answer.columns, answer.rows)
        else:
            show.table(answer.columns, answer.rows)
    return Code.DONE


@_command("trialwatch mcp", name="mcp")
def serve_assistants() -> Code:
    """Serve the published file, read-only, to assistants: Model Context Protocol on standard input and output."""
    from flows import assistant

    assistant.serve(from_environment())
    return Code.DONE


imports = App(name="import", help="Bring trials in a file that you saved.")
app.command(imports)


@imports.command(name="ictrp", help_epilogue="Example: trialwatch import ictrp ICTRP-Results.xml")
def import_ictrp(file: Path, *, json: Json = False) -> Code:
    """Take trials from a WHO ICTRP export (XML, or the CSV without a header); publish and deliver like a night.

    Every watch that lists ictrp takes those that bear its terms, and those of registries that trialwatch reads by
    themselves none. Nothing follows from what is not in the file.
    """
    from flows import import_file
    from flows.terminal.progress import shown
    from flows.with_prefect import orchestration

    settings = _of_real_nights()
    configured = configuration(settings.config)
    with shown() as progress:
        report = import_file.bring(settings, configured, file, progress)
    if json:
        _print_json(orchestration.facts(report))
    return _end(report.ending)


watches = App(name="watch", help="Watches of trialwatch.toml.")
app.command(watches)


@watches.command(
    name="add",
    help_epilogue='Example: trialwatch watch add psilocybin "https://clinicaltrials.gov/search?intr=psilocybin"',
)
def add_watch(name: str, address: str) -> Code:
    """Add a watch to trialwatch.toml from a pasted ClinicalTrials.gov search address."""
    from flows import pasted_search

    settings = from_environment()
    found = pasted_search.add(settings.config, name, address)
    for key, words in found.lists.items():
        _say(f"{key}: {', '.join(words)}")
    for left_out in found.left_out:
        _say(f"left out: {left_out} (a trial that changes would drop out of the watch)")
    _say(pasted_search.ALONE)
    _say(f"added the watch {name} to {settings.config}; give it a [[subscription]] to be told of it")
    return Code.DONE


@_command("trialwatch demo --folder /tmp/demo")
def demo(
    *,
    folder: Path = Path("demo"),
    prefect: Annotated[bool, Parameter(negative="--no-prefect")] = True,
    clear: bool = False,
) -> Code:
    """Offline, the whole job: a year of twelve nights on made-up registries, with mails, a page and a file.

    Parameters
    ----------
    folder
        Where it is played; what an earlier demo made there is cleared first, and nothing else ever is.
    prefect
        As the Prefect flow that runs in production; without Prefect where it cannot start.
    clear
        Only clear what an earlier demo made.
    """
    from flows.demo.folder import clear as clear_away
    from flows.demo.year import AsInProduction, play, without_prefect
    from flows.terminal.progress import shown

    if clear:
        _say(f"{folder} is cleared away" if clear_away(folder) else f"there is no demo in {folder}")
        return Code.DONE
    with shown() as progress:
        code, farewell = play(folder, AsInProduction(progress) if prefect else without_prefect)
    print("\n".join(farewell))
    return code


def _acceptance(check: str | None, because: str | None) -> Any:
    """A person's word for tonight, checked. Their name is that of the account that runs this."""
    from warehouse.judge.checks import Acceptance

    if check is None and because is None:
        return None
    if check is None or not (because or "").strip():
        raise SettingsError('--accept CHECK and --because "why" go together: what is let pass stays on record')
    _one_of("--accept", (check,), CHECKS)
    return Acceptance(check, " ".join(str(because).split()), _who_we_are())


def _who_we_are() -> str:
    """The account's name; in a container it may have none, and then its number must do."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _of_real_nights() -> Settings:
    """The settings. Raises ``SettingsError`` among the demo's made-up nights: nothing that writes goes there."""
    from flows.demo.folder import must_be_real

    settings = from_environment()
    must_be_real(settings.data_dir)
    return settings


def _standard_input() -> str:
    if sys.stdin.isatty():
        raise SettingsError('give a question, as in trialwatch query "SELECT trial_id, title FROM trials"')
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise SettingsError("the question on standard input is no text in UTF-8") from error


def _published(settings: Settings) -> Any:
    return settings.published / "trialwatch.duckdb"


def _one_of(name: str, values: Sequence[str | None], among: Sequence[str]) -> None:
    from flows.settings import nearest

    for value in values:
        if value is not None and value not in among:
            raise SettingsError(
                f"{name} cannot be {value!r}{nearest(value, among)}; it is one of {', '.join(among)}"
            )


def _end(ending: Ending) -> Code:
    for sentence in ending.sentences:
        _say(sentence)
    return ending.code


def _say(sentence: str) -> None:
    """One line on standard error, with nothing in it that could steer a terminal, and no password."""
    said = printable(without_secrets(sentence))
    print("trialwatch:", said if len(said) <= LONGEST_SAID else f"{said[:LONGEST_SAID]}…", file=sys.stderr)
