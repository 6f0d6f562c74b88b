"""Allure's page made ours: nothing calls out, the verdict stands first, people's order holds."""

import base64
import json
import re

import pytest

from testbed.errors import BenchError
from testbed.reporting.allure_page import fitting, made_ours

PROGRAM = "let a = '<!-- x -->'; kept()"
TREE = {
    "root": {"groups": ["g1", "g2"], "leaves": []},
    "groupsById": {"g1": {"groups": [], "leaves": ["late", "later"]}, "g2": {"leaves": ["early"]}},
    "leavesById": {name: {"groupOrder": 1} for name in ("late", "later", "early")},
}


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _data(name: str, value) -> str:
    return f'd("{name}","{_coded(json.dumps(value))}")'


PAGE = f"""<html><head>
    <meta charset="utf-8">
</head><body>
    <div id="app"></div>
    <script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>
    <script>
        gtag('config', 'G-1');
    </script>
    <script   src="data:text/javascript;base64,{_coded(PROGRAM)}"></script>
    <script async>kept()</script>
    <script defer>Promise.allSettled([{_data("widgets/tree.json", TREE)},
    {_data("widgets/default/nav.json", ["later", "early", "late"])},
    {_data("data/x.json", [2, 1])}])</script>
</body></html>"""


def _read(page: str, name: str):
    body = re.search(rf'd\("{re.escape(name)}","([^"]*)"\)', page)[1]
    return json.loads(base64.b64decode(body))


def test_the_page_calls_no_analytics_and_may_call_nobody():
    page = made_ours(PAGE)
    assert "gtag" not in page and "<script async>kept()" in page
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    assert "default-src 'none'" in policy and "http" not in policy and "*" not in policy


@pytest.mark.parametrize(
    "changed",
    [PAGE.replace("</script>\n    <script>", "</script><b/><script>"),
     PAGE.replace('charset="utf-8"', 'charset="UTF-8"'),
     PAGE.replace('id="app"', 'id="other"')],
)  # fmt: skip
def test_a_page_that_has_changed_is_not_published_unseen(changed):
    with pytest.raises(BenchError, match="has changed"):
        made_ours(changed, first_screen="<p>verdict</p>")


def test_the_verdict_stands_before_all_that_allure_shows():
    page = made_ours(PAGE, first_screen="<p>verdict</p>")
    assert page.index("<p>verdict</p>") < page.index('<div id="app">')


def test_the_program_is_kept_as_text_and_opens_no_comment():
    page = made_ours(PAGE)
    assert r"<script>let a = '\x3C!-- x -->'; kept()</script>" in page
    assert "data:text/javascript" not in page


def test_a_program_that_would_end_its_own_element_stays_as_it_was():
    evil = _coded("'</SCRIPT>'")
    page = f'{PAGE}<script src="data:text/javascript;base64,{evil}"></script>'
    assert made_ours(page).endswith(f'<script src="data:text/javascript;base64,{evil}"></script>')


def test_features_rules_and_the_way_through_stand_in_reading_order():
    page = made_ours(PAGE, rank={"early": 0, "late": 1, "later": 2})
    leaves = _read(page, "widgets/tree.json")["leavesById"]
    assert {name: leaf["groupOrder"] for name, leaf in leaves.items()} == {
        "early": 1, "late": 2, "later": 3}  # fmt: skip
    assert _read(page, "widgets/default/nav.json") == ["early", "late", "later"]
    assert _read(page, "data/x.json") == [2, 1], "nothing else is touched"


def test_what_nobody_knows_comes_last():
    page = made_ours(PAGE, rank={"later": 0})
    assert _read(page, "widgets/default/nav.json") == ["later", "early", "late"]


def test_what_stands_twice_is_kept_once():
    tree = {"leavesById": {}, "groupsById": {}, "root": {}, "more": "x" * 2000}
    same = _data("widgets/tree.json", tree) + "," + _data("widgets/default/tree.json", tree)
    page = made_ours(PAGE + same)
    reference = 'd("widgets/default/tree.json",window.allureReportData["widgets/tree.json"])'
    assert reference in page and page.count(_coded(json.dumps(tree))) == 1
    other = _data("widgets/tree.json", tree) + _data("widgets/default/tree.json", tree | {"a": 1})
    assert reference not in made_ours(PAGE + other), "only where it is the same"


def _attached(size: int, name="data/attachments/a.txt") -> str:
    return f'd("{name}","{_coded("é" * (size // 2))}")'


def test_a_page_that_is_small_enough_keeps_its_attachments_whole():
    page = _attached(20_000)
    assert fitting(page, most=len(page)) == page


def test_the_longest_attachments_are_cut_first_and_say_so():
    page = _attached(300_000) + _attached(3_000, "data/attachments/b.csv")
    found = fitting(page, most=60_000)
    assert len(found) <= 60_000 and _attached(3_000, "data/attachments/b.csv") in found
    body = base64.b64decode(re.search(r'a.txt","([^"]*)"', found)[1]).decode()
    assert body.endswith("… cut: 300000 bytes in all\n") and body.startswith("éé")


def test_many_attachments_are_cut_until_all_fit():
    page = "".join(_attached(10_000, f"data/attachments/{n}.txt") for n in range(100))
    assert len(fitting(page, most=200_000)) <= 200_000


def test_pictures_are_never_cut():
    page = _attached(300_000, "data/attachments/a.svg")
    assert fitting(page, most=10) == page
