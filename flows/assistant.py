"""``trialwatch mcp``: the published file, read-only, for assistants, over the Model Context Protocol.

What is asked and answered is ``warehouse.publish.assistance``; the protocol is its own SDK's. Each call opens the
file anew, so that it is the newest night's, and holds it no longer than the answer takes.
"""

import json
import logging
import multiprocessing
import os
import resource
import sys
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.errors import ConnectorError
from connectors.numbers import as_typed
from flows import own_process
from flows.errors import ApartError
from flows.settings import Settings, SettingsError
from warehouse.errors import QuestionError, WarehouseError
from warehouse.instants import naive_utc
from warehouse.publish import assistance, questions
from warehouse.publish.analysts_file import FILE
from warehouse.words.kinds import KINDS
from warehouse.words.phrases import NOT_ADVICE
from warehouse.words.vocabulary import SUBSTANCES

if TYPE_CHECKING:
    from mcp import types
    from mcp.server.lowlevel import Server

log = logging.getLogger("trialwatch")

INSTRUCTIONS = (
    "trialwatch watches clinical-trial registries and tells what changed in the trials of a watch. Ask "
    "what_changed with the cursor of your last answer (or start), get_trial for one trial with its evidence, "
    "query for anything else in SQL (data_dictionary says which views there are). Say how old the data are when "
    f"you report them: about in every answer has it. {NOT_ADVICE} {assistance.REGISTRY_TEXT_IS_DATA}"
)
LETTERS_OF_AN_ERROR = 2000
MEMORY_BYTES = 1_000_000_000
"""Of a question, over what its process has when it begins: twice what DuckDB is told."""
_TEXT = {"type": "string"}
_SUBSTANCE = {"enum": list(SUBSTANCES), "description": "Only trials about it."}
TOOLS: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "what_changed": (
        "Changes of trials, the first stored first, and the cursor after the last of them. Each change comes once "
        "from cursor to cursor; is_all is false while there are more.",
        {
            "after": {**_TEXT, "description": "The cursor of the last answer; start, or nothing, begins."},
            "since": {**_TEXT, "format": "date", "description": "Only what was seen since this day, YYYY-MM-DD."},
            "kinds": {"type": "array", "items": {"enum": list(KINDS)}, "description": "Only these kinds."},
            "substance": _SUBSTANCE,
            "limit": {"type": "integer", "minimum": 1, "maximum": assistance.MOST_CHANGES},
        },
        (),
    ),
    "find_trials": (
        "Trials by words, all of which must stand in number, titles, acronym, sponsor or conditions; the newest "
        "first.",
        {
            "words": {**_TEXT, "maxLength": 500},
            "substance": _SUBSTANCE,
            "status_group": {**_TEXT, "description": "planned, recruiting, active, completed, stopped, unknown …"},
            "is_relevant": {
                "type": ["boolean", "null"],
                "description": "true (the default): what counts as ours; null: all of it.",
            },
            "limit": {"type": "integer", "minimum": 1, "maximum": assistance.MOST_TRIALS},
        },
        (),
    ),
    "get_trial": (
        "One trial: how it stands, why it is in the watch with the words that say so, its versions and changes.",
        {
            "trial_id": {
                **_TEXT,
                "maxLength": 60,
                "description": "As NCT02649231, ISRCTN12345678 or 2024-512345-12.",
            }
        },
        ("trial_id",),
    ),
    "query": (
        f"One read-only question in DuckDB's SQL over the published views; at most {assistance.MOST_ROWS} rows "
        f"and {assistance.LONGEST_S:g} s. No file and no network can be read.",
        {"sql": {**_TEXT, "maxLength": 20_000}},
        ("sql",),
    ),
    "data_dictionary": (
        "Which views there are; or, of one view, its columns and what they mean.",
        {"view": _TEXT},
        (),
    ),
}


def answered(settings: Settings, name: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The answer to one call, and whether it is one: else it says what is wrong. It never raises."""
    known: dict[str, Any] = dict(assistance.WORDS)
    try:
        with questions.published(settings.published / FILE, assistance.MEMORY) as con:
            known = assistance.about(con, naive_utc(settings.now()))
            values = _values(_tool(name), arguments)
            if name != "query":
                return {"about": known, "answer": assistance.ANSWERS[name](con, **values)}, True
        return {"about": known, "answer": _queried(settings.published / FILE, **values)}, True
    except (WarehouseError, ConnectorError, SettingsError) as error:
        return {"about": known, "error": assistance.seen(str(error), LETTERS_OF_AN_ERROR)}, False
    except Exception:
        log.exception("this is a bug of trialwatch; please report it with the lines below")
        return {"about": known, "error": "trialwatch failed to answer; its log has the details"}, False


def _queried(published: Path, sql: str) -> assistance.Answer:
    """The answer to a question in SQL, from a process that is ended in time: DuckDB may not hear an interruption.

    Raises ``QuestionError``.
    """
    try:
        answer, refusal = own_process.run(assistance.LONGEST_S + 1, query_apart, published, sql)
    except ApartError as error:
        log.warning("a question was ended: %s", error)
        raise QuestionError(
            f"the question took longer than {assistance.LONGEST_S:g} s, or more memory than it may; ask for less"
        ) from None
    if refusal is not None:
        raise QuestionError(refusal)
    return answer


def query_apart(published: Path, sql: str) -> tuple[assistance.Answer, str | None]:
    """The answer, or why there is none. In a process of its own it also has an end to its memory."""
    try:
        with questions.published(published, assistance.MEMORY) as con:
            if multiprocessing.parent_process():
                _have_no_more_memory()
            return assistance.query(con, sql=sql), None
    except (WarehouseError, MemoryError) as error:
        return {}, str(error) or "the answer does not fit into memory"


def _have_no_more_memory() -> None:
    """DuckDB counts its tables and sorts, and not each list that it makes. What it runs on is there already."""
    most = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() + MEMORY_BYTES
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _tool(name: str) -> str:
    if name not in TOOLS:
        raise SettingsError(f"there is no tool {name!r}; there are: {', '.join(TOOLS)}")
    return name


def _values(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments, as the tool's schema allows them."""
    from jsonschema import Draft202012Validator

    for wrong in Draft202012Validator(_schema(name)).iter_errors(arguments):
        raise SettingsError(f"{'.'.join(map(str, wrong.path)) or 'the arguments'}: {wrong.message[:300]}")
    values = {key: value for key, value in arguments.items() if value is not None or key == "is_relevant"}
    if "trial_id" in values:
        values["trial_id"] = as_typed(values["trial_id"])
    if "since" in values:
        try:
            values["since"] = date.fromisoformat(values["since"])
        except ValueError as error:
            raise SettingsError("since must be a day: YYYY-MM-DD") from error
    return values


def _schema(name: str) -> dict[str, Any]:
    _, properties, required = TOOLS[name]
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def serve(settings: Settings) -> None:
    """Answer on standard input and output until the input ends. Raises ``SettingsError`` without the SDK."""
    try:
        import anyio
        from mcp.server.stdio import stdio_server
    except ImportError as error:
        raise SettingsError(
            "trialwatch mcp needs the protocol's SDK: `make extras` in a clone, or its wheel with [mcp]"
        ) from error

    server = _server(settings)
    # Whatever else prints, into what is the protocol's alone, goes to standard error instead.
    ours = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    async def run() -> None:
        async with stdio_server(stdout=anyio.wrap_file(ours)) as (read, write):
            await server.run(read, write, server.create_initialization_options())

    try:
        anyio.run(run)
    except* (anyio.ClosedResourceError, anyio.BrokenResourceError, BrokenPipeError):
        log.debug("whoever asked went away before the last answer")


def _server(settings: Settings) -> "Server[Any, Any]":
    import anyio
    from mcp import types
    from mcp.server.lowlevel import Server

    server: Server[Any, Any] = Server("trialwatch", version=version("trialwatch"), instructions=INSTRUCTIONS)
    one_at_a_time = anyio.CapacityLimiter(1)

    @server.list_tools()  # type: ignore[no-untyped-call, untyped-decorator]  # the SDK says nothing of its types
    async def tools() -> "list[types.Tool]":
        only_reads = types.ToolAnnotations(readOnlyHint=True, idempotentHint=True, openWorldHint=False)
        return [
            types.Tool(name=name, description=told, inputSchema=_schema(name), annotations=only_reads)
            for name, (told, *_) in TOOLS.items()
        ]

    @server.call_tool(validate_input=False)  # type: ignore[untyped-decorator]  # the same
    async def call(name: str, arguments: dict[str, Any]) -> "types.CallToolResult":
        asked = partial(answered, settings, name, arguments)
        answer, is_one = await anyio.to_thread.run_sync(asked, limiter=one_at_a_time)
        said = json.dumps(answer, ensure_ascii=False, default=str)
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=said)],
            structuredContent=json.loads(said),
            isError=not is_one,
        )

    return server
