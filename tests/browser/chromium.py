"""Headless Chromium: what a page looks like inside, and what it complains of."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-quic", "--enable-logging=stderr"),
)

# A frame of the width of the screen that is asked for, and what its inside measures. A window itself cannot be that narrow.
_PROBE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>probe</title><link rel="icon" href="data:,">
</head><body><iframe src="page.html" style="width: {width}px; height: 2000px; border: 0"></iframe>
<pre id="found"></pre><script>
document.querySelector("iframe").addEventListener("load", (event) => {{
  const inside = event.target.contentDocument, root = inside.documentElement;
  const pictures = [...inside.images].map((image) => ({{
    complete: image.complete, natural: image.naturalWidth, shown: image.getBoundingClientRect().width }}));
  const regions = [...inside.querySelectorAll(".scroll")].map((region) => region.getBoundingClientRect().right);
  const sizes = [...inside.querySelectorAll("p, td, th, figcaption, pre, a")].map(
    (element) => parseFloat(getComputedStyle(element).fontSize));
  const style = getComputedStyle(inside.body);
  document.querySelector("#found").textContent = JSON.stringify({{
    width: root.clientWidth, content: root.scrollWidth, pictures, regions, smallest: Math.min(...sizes),
    color: style.color, background: style.backgroundColor, title: inside.title,
    dangling: [...inside.querySelectorAll('a[href^="#"]')].filter(
      (link) => !inside.getElementById(link.hash.slice(1))).length }});
}});
</script></body></html>
"""


@dataclass(frozen=True)
class Look:
    """What a page is like on a screen.

    Attributes
    ----------
    found
        Measurements: `width` of the screen and `content` in it, `pictures`, right ends of `regions` that scroll, the
        `smallest` letters in pixels, `color` and `background`, `title`, and the number of links that lead nowhere.
    console
        What the browser complained of.
    """

    found: dict[str, Any]
    console: list[str]


class _SilentHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of requests."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_SilentHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def look_at(page: Path, width: int, folder: Path) -> Look:
    """Open a page on a screen of some width; `folder` is for files of the occasion."""
    shutil.copy(page, folder / "page.html")
    (folder / "probe.html").write_text(_PROBE.format(width=width), encoding="utf-8")
    with _served(folder) as address:
        profile = f"--user-data-dir={folder / 'profile'}"
        command = [_browser(), *_QUIET, profile, "--virtual-time-budget=10000", "--dump-dom", f"{address}/probe.html"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)  # noqa: S603
    measured = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert measured, done.stderr
    return Look(json.loads(unescape(measured[1])), [line for line in done.stderr.splitlines() if "CONSOLE" in line])


def _browser() -> str:
    for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name) if name else None
        if path:
            return path
    raise FileNotFoundError("no Chromium: install it (Debian: apt-get install chromium), or name it by CHROMIUM")
