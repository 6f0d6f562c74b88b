"""The list of rights, in code and on its page."""

import re
from pathlib import Path

from confluent_kafka.admin import AclOperation, AclPermissionType, ResourcePatternType

from testbed.security import rights

ROOT = Path(__file__).resolve().parents[2]


def test_only_exactly_once_needs_transactions():
    assert rights.TRANSACTIONAL in rights.needed("exactly-once")
    assert rights.TRANSACTIONAL not in rights.needed("at-least-once")


def test_a_binding_allows_one_thing_to_one_user():
    one = rights.binding(rights.NEEDED[0], "me", "events")
    assert (one.name, one.principal, one.operation) == ("events", "User:me", AclOperation.READ)
    assert one.permission_type is AclPermissionType.ALLOW
    assert one.resource_pattern_type is ResourcePatternType.LITERAL
    begun = rights.binding(rights.TRANSACTIONAL, "me", "group", prefix=True)
    assert begun.resource_pattern_type is ResourcePatternType.PREFIXED


def test_page_and_feature_tell_the_same_rights():
    """Each row of the page is a right that the code grants; each right stands in the feature."""
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    rows = set(re.findall(r"^\| (to [a-z ]+) \| (\w+) \| .* \| (\w+) \|", page, re.MULTILINE))
    known = {
        (one.title, one.resource.name, one.operation.name) for one in rights.needed("exactly-once")
    }
    assert rows == known
    feature = (ROOT / "features" / "security.feature").read_text("utf-8")
    assert {title for title, _, _ in known} == set(re.findall(r"\| (to [a-z ]+?) +\|", feature))
