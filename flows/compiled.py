"""Compile every template once, as ``make`` has Python compile every module: ``python -m flows.compiled``."""

import sys

from warehouse.publish import page
from warehouse.tell import rendering
from warehouse.templates import names


def main() -> None:
    sys.dont_write_bytecode = False  # a night may write nothing there; this is to
    for templates in (page.templates, rendering.templates):
        if templates.cache:
            templates.cache.clear()  # what is in memory already would not be written
        for name in names(templates):
            templates.get_template(name)


if __name__ == "__main__":
    main()
