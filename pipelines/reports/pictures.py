"""The report's pictures as PNG, for mail programs that show no SVG: one start of a browser."""

import json
import re
import shutil
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec

from sql.drawing.tones import LIGHT

KIND = re.compile(r'class="(?:strip|spark|dot|bars)"')
STRIP = (248, 27)
"""A strip takes any width on a page; the others say theirs."""
ENDS = re.compile(r"<svg\b|</svg>")
SCALE = 2
SECONDS = 60.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def parted(page: str) -> Iterator[tuple[str, str]]:
    """Yield each stretch of a page with the picture that follows it, the last with none."""
    depth = start = told = 0
    for found in ENDS.finditer(page):
        if found[0] == "</svg>":
            depth -= 1
            if depth == 0:
                yield page[told:start], page[start : found.end()]
                told = found.end()
        else:
            start = found.start() if depth == 0 else start
            depth += 1
    yield page[told:], ""


def is_drawn(picture: str) -> bool:
    """Tell whether a picture is more than a mark beside a word."""
    return bool(KIND.search(picture[: picture.find(">") + 1]))


def size(picture: str) -> tuple[int, int]:
    """Return how many pixels a picture takes."""
    head = picture[: picture.index(">")]
    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', head)
    return (int(box[1]), int(box[2])) if box else STRIP


def drawn(pictures: Sequence[str], say: Callable[[str], None]) -> dict[str, bytes]:
    """Return each picture as PNG; none where no browser draws them, which is said."""
    if not pictures:
        return {}
    if find_spec("kaleido") is None:
        say("kaleido is not installed, so mail has SVG pictures, which not all programs show.")
        return {}
    if not any(map(shutil.which, BROWSERS)):
        say(
            "No Chromium is on the PATH, so mail has SVG pictures, which some programs do not show."
        )
        return {}
    found: dict[str, bytes] = {}
    failed: list[Exception] = []

    def draw() -> None:
        try:
            found.update(_drawn(pictures))
        except Exception as error:
            failed.append(error)

    # A browser that does not come up never answers; the report goes without it then.
    thread = threading.Thread(target=draw, daemon=True)
    thread.start()
    thread.join(SECONDS)
    if len(found) < len(pictures):
        why = type(failed[0]).__name__ if failed else f"no answer within {SECONDS:g} s"
        say(f"Chromium drew no pictures ({why}), so mail has them as SVG.")
        return {}
    return found


def _drawn(pictures: Sequence[str]) -> dict[str, bytes]:
    import kaleido

    kaleido.start_sync_server(n=1, silence_warnings=True)
    try:
        return {
            picture: bytes(kaleido.calc_fig_sync(figure(picture), opts=options(picture)))
            for picture in pictures
        }
    finally:
        kaleido.stop_sync_server(silence_warnings=True)


def options(picture: str) -> dict[str, object]:
    """Return how a picture is written."""
    wide, high = size(picture)
    return {"format": "png", "width": wide, "height": high, "scale": SCALE}


def figure(picture: str) -> dict[str, object]:
    """Return a picture as a figure that holds nothing else."""
    wide, high = size(picture)
    whole = re.compile(r'width="100%"(?: height="\d+")?')
    sized = whole.sub(f'width="{wide}" height="{high}"', picture, count=1)
    sized = sized.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    source = f"data:image/svg+xml;base64,{b64encode(sized.encode()).decode()}"
    image = {
        "source": source, "xref": "paper", "yref": "paper", "x": 0, "y": 1,
        "sizex": 1, "sizey": 1, "sizing": "stretch", "layer": "below",
    }  # fmt: skip
    hidden = {"visible": False, "fixedrange": True}
    layout = {
        "images": [image], "xaxis": hidden, "yaxis": hidden, "width": wide, "height": high,
        "margin": dict.fromkeys("lrtb", 0), "paper_bgcolor": LIGHT["paper"],
        "plot_bgcolor": "rgba(0,0,0,0)",
    }  # fmt: skip
    made: dict[str, object] = json.loads(json.dumps({"data": [], "layout": layout}))
    return made
