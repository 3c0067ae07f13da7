"""A page in Debian's Chromium: what it asks for, what it complains of, what a reader sees."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.tools import require_tool

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESK = 360, 1000  # widths in CSS pixels


@dataclass
class Visit:
    """A page that was opened: messages of the console and addresses other than the file itself."""

    page: Page
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def started() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=require_tool("chromium"), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser, path: Path, *, width: int = DESK, script: bool = True, dark: bool = False
) -> Iterator[Visit]:
    """The file in an empty profile without a network."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        java_script_enabled=script,
        color_scheme="dark" if dark else "light",
        offline=True,
    )
    visit = Visit(context.new_page())
    visit.page.on("console", lambda message: visit.messages.append(message.text))
    visit.page.on("pageerror", lambda error: visit.messages.append(str(error)))
    visit.page.on("request", lambda request: visit.requests.append(request.url))
    visit.page.goto(path.as_uri())
    visit.requests.remove(path.as_uri())
    try:
        yield visit
    finally:
        context.close()
