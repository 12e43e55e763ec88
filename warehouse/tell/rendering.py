"""The two forms of a mail's body, text and page, from the templates beside this module.

It reads those templates and nothing else. What they say, and what they are given to say it with, is the
caller's; in the page every value is escaped.
"""

from pathlib import Path
from typing import Any

import css_inline

from warehouse.templates import environment
from warehouse.words.markup import isolated, marked

templates = environment(Path(__file__).parent / "templates")
templates.filters.update(marked=marked, isolated=isolated)
_inliner = css_inline.CSSInliner(
    keep_style_tags=True, remove_inlined_selectors=True, load_remote_stylesheets=False
)


def rendered(name: str, form: str, view: dict[str, Any]) -> str:
    """One form of a mail: ``txt``, or ``html``, whose styles stand on its elements, where mail programs leave
    them alone."""
    said = templates.get_template(f"{name}.{form}").render(view)
    return _inliner.inline(said) if form == "html" else said
