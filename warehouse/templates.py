"""Templates of page and mail. What jinja2 makes of one is kept, as Python keeps what it makes of a module.

Compiling the page's templates costs a night as much as reading its records.
"""

import sys
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

KEPT_AS = f"jinja-{jinja2.__version__}-%s.cache"
"""By a template's name and place; its contents are compared. Whoever changes an option below changes this too."""


def environment(folder: Path) -> jinja2.Environment:
    """The templates of a folder. Every value is escaped but in plain text; one that is missing is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=jinja2.select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_AsPythonDoes(str(folder / "__pycache__"), KEPT_AS),
    )


def names(templates: jinja2.Environment) -> list[str]:
    """Every template of a folder, in which modules may stand as well."""
    return templates.list_templates(extensions=("css", "html", "txt"))


class _AsPythonDoes(jinja2.FileSystemBytecodeCache):
    """Read wherever it is; written unless Python is told to write none, or may not write there."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
            Path(self._get_cache_filename(bucket)).chmod(0o644)  # as Python's own
