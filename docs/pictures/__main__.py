"""Take the README's pictures anew: the page and a mail, as the demo makes them, in the system's Chromium.

uv run python -m docs.pictures
"""

import base64
import shutil
import sys
import tempfile
from email import message_from_bytes, policy
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

from docs.refresh import demonstrated

FOLDER = Path(__file__).parent
LARGEST = 200_000
"""Bytes of a picture: a page of documents is to open at once."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NEWS = "results posted"
"""What the mail that is shown tells: the last of the demo's that does."""

THE_MORNING_AFTER = "2026-10-02T07:00:00Z"
"""The demo's last night, when people come to work."""


class Size(NamedTuple):
    """Of a picture, in the browser's own pixels."""

    width: int
    height: int


def main() -> None:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        sys.exit(f"no browser takes the pictures: install one of {', '.join(BROWSERS)}")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        page = demonstrated(folder).with_name("index.html")
        mail = folder / "mail.html"
        mail.write_text(a_mail(folder / "data" / "outbox"), "utf-8")
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for file, size in ((page, Size(1280, 1000)), (mail, Size(660, 900))):
            name = "page" if file is page else "mail"
            (FOLDER / f"{name}.webp").write_bytes(picture(browser, file, size))
        browser.close()


def a_mail(outbox: Path) -> str:
    """The last mail that tells such news, as HTML."""
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(outbox.glob("*.eml"))]
    bodies = [mail.get_body(("html",)) for mail in mails if NEWS in str(mail["Subject"])]
    return [str(body.get_content()) for body in bodies if body][-1]


def picture(browser: Browser, file: Path, size: Size) -> bytes:
    """What a reader of the file sees first, as WebP."""
    tab = browser.new_page(viewport={"width": size.width, "height": size.height}, device_scale_factor=1.5)
    tab.clock.set_fixed_time(THE_MORNING_AFTER)  # the page says how old it is
    tab.goto(file.as_uri())
    tab.wait_for_load_state("networkidle")
    session = tab.context.new_cdp_session(tab)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": 72})
    tab.close()
    content = base64.b64decode(taken["data"])
    if len(content) >= LARGEST:
        sys.exit(f"the picture of {file.name} has {len(content):,} bytes: show less of it")
    return content


if __name__ == "__main__":
    main()
