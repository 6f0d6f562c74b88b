"""Allure's page made ours: the verdict above it, people's order in it, and shut to the world."""

import base64
import re
from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from testbed.errors import BenchError

ANALYTICS = re.compile(
    r"<script[^>]*googletagmanager\.com.*?</script>\s*<script>.*?</script>", re.DOTALL
)
PROGRAM = re.compile(r'<script\s+src="data:text/javascript;base64,([A-Za-z0-9+/=]+)"></script>')
DATA = re.compile(
    r'd\("(?P<name>widgets/(?:default/)?(?:tree|nav|search-index)\.json)","(?P<body>[^"]*)"\)'
)
TWICE = re.compile(r'd\("widgets/default/(?P<name>[a-z-]+\.json)","(?P<body>[^"]{1000,})"\)')
ATTACHED = re.compile(r'd\("(?P<name>data/attachments/[^"]+\.(?:txt|csv))","(?P<body>[^"]*)"\)')
MOST_BYTES = 5_000_000  # of the page: it goes by mail
CAPS = (16_384, 4_096, 1_024, 256)  # bytes of one attachment, the fewer the more there is
# Nothing may leave the page, whatever is attached to it: no host stands in this list.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "style-src 'unsafe-inline' data: blob:; img-src data: blob:; font-src data: blob:; "
    "media-src data: blob:; connect-src data: blob:; frame-src data: blob:; worker-src data: blob:"
)
# Allure scrolls to its first row when it opens; the verdict stands above it.
TOP = """<script>
(() => {
  let untouched = !location.hash;
  const settle = () => { untouched = false; };
  for (const deed of ["wheel", "keydown", "pointerdown", "touchstart"])
    addEventListener(deed, settle, {capture: true, once: true});
  setTimeout(settle, 5000);
  document.addEventListener("scroll", (event) => {
    const place = event.target === document ? document.scrollingElement : event.target;
    if (untouched && place.scrollTop) place.scrollTop = 0;
  }, true);
})();
</script>"""
HEAD, APP = '<meta charset="utf-8">', '<div id="app"></div>'
LAST = 1 << 30  # the rank of what nobody knows


def made_ours(page: str, first_screen: str = "", rank: Mapping[str, int] | None = None) -> str:
    """Without the analytics service, which has no option; shut to the world; opened at its top.

    ``first_screen`` is HTML that stands above all else; ``rank`` the place of each result in
    reading order, by its address. Raises ``BenchError`` for a page that is not as expected.
    """
    page = ANALYTICS.sub("", page)
    if "googletagmanager" in page:
        raise BenchError("Allure's page has changed: its analytics could not be taken out")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    page = _once(page, HEAD, f"{HEAD}\n    {meta}\n    {TOP}", "it could not be shut to the world")
    if first_screen:
        page = _once(page, APP, f"{first_screen}\n{APP}", "the verdict could not be put above it")
    if rank:
        page = DATA.sub(lambda found: _ordered(found, rank), page)
    return fitting(TWICE.sub(_once_only, PROGRAM.sub(_as_text, page)))


def fitting(page: str, most: int = MOST_BYTES) -> str:
    """The page with its longest text attachments cut, each saying so, until it is small enough."""
    for cap in CAPS:
        if len(page.encode()) <= most:
            break
        page = ATTACHED.sub(partial(_cut, cap=cap), page)
    return page


def _once(page: str, old: str, new: str, or_else: str) -> str:
    if old not in page:
        raise BenchError(f"Allure's page has changed: {or_else}")
    return page.replace(old, new, 1)


def _as_text(found: re.Match) -> str:
    """The program as it is, a quarter shorter than in base64."""
    code = base64.b64decode(found[1]).decode("utf-8")
    if re.search(r"</script", code, re.IGNORECASE):
        return found[0]
    return "<script>" + code.replace("<!--", "\\x3C!--") + "</script>"


def _once_only(found: re.Match) -> str:
    """What the only environment shows is what all show: the data stands in the page once."""
    same = f'd("widgets/{found["name"]}","{found["body"]}")'
    if same not in found.string:
        return found[0]
    name = found["name"]
    return f'd("widgets/default/{name}",window.allureReportData["widgets/{name}"])'


def _cut(found: re.Match, cap: int) -> str:
    text = base64.b64decode(found["body"])
    if len(text) <= cap:
        return found[0]
    kept = text[:cap].decode(errors="ignore").rstrip()
    return _stored(found["name"], f"{kept}\n… cut: {len(text)} bytes in all\n".encode())


def _stored(name: str, content: bytes) -> str:
    return f'd("{name}","{base64.b64encode(content).decode("ascii")}")'


def _ordered(found: re.Match, rank: Mapping[str, int]) -> str:
    """The tree and the way through it, features and rules as people read them."""
    data = msgspec.json.decode(base64.b64decode(found["body"]))

    def place(leaf: str) -> int:
        return rank.get(leaf, LAST)

    if isinstance(data, dict):
        _sort_tree(data, place)
    else:
        data.sort(key=lambda one: place(one if isinstance(one, str) else one["id"]))
    return _stored(found["name"], msgspec.json.encode(data, order="sorted"))


def _sort_tree(tree: dict, place: Callable[[str], int]) -> None:
    """Number the leaves through; Allure itself sorts groups by the first number under them."""
    leaves = tree["leavesById"]
    for number, leaf in enumerate(sorted(leaves, key=place), 1):
        leaves[leaf]["groupOrder"] = number
    for node in (tree["root"], *tree["groupsById"].values()):
        node.get("leaves", []).sort(key=place)
        node.get("groups", []).sort()
