"""The catalogue: each kind is what it says, by the suite's own reading of the contract."""

import re

import msgspec
import pytest

from testbed.history import SCORED, Headers
from testbed.telco import catalogue
from testbed.telco.catalogue import GROUPS, KINDS, Kind
from testbed.telco.catalogue.kind import LARGE_BYTES
from testbed.telco.contract import CATEGORIES, DESERIALIZATION, REQUIRED, VALIDATION, classify
from testbed.telco.draft import Draft
from testbed.telco.events import features
from testbed.telco.fingerprint import fingerprints

TOPIC_LIMIT_BYTES = 1_048_588  # Kafka's default max.message.bytes
FRAMING_BYTES = 200  # of a batch of one record
NOT_JSON, NOT_AN_EVENT, WRONG_FIELD, UNSCORABLE, ODD = GROUPS
# Neither key nor value could carry a marker.
NAMELESS = {"tombstone-without-key"}


@pytest.fixture(scope="module")
def made() -> list[tuple[Kind, Draft]]:
    """One record of each kind: some take a while to make."""
    return [(kind, kind.make(3, 1)) for kind in KINDS]


def test_a_kind_admits_just_what_the_contract_says(made):
    for kind, draft in made:
        assert draft.admits == kind.admits == classify(draft.value), kind.slug
        assert draft.fingerprints == fingerprints(draft.value), kind.slug
        assert draft.note == kind.title


def test_a_record_fits_the_topic_with_key_and_headers(made):
    for kind, draft in made:
        size = len(draft.value or b"") + len(draft.key or b"") + _size(draft.headers)
        assert size + FRAMING_BYTES <= TOPIC_LIMIT_BYTES, kind.slug


def test_a_kinds_records_are_told_apart_and_can_be_made_again(made):
    for kind, draft in made:
        assert draft == kind.make(3, 1), kind.slug
        if kind.slug not in NAMELESS:
            others = [kind.make(4, 1), kind.make(3, 2)]
            marks = {(other.key, other.value) for other in (draft, *others)}
            assert len(marks) == 3, kind.slug


def test_what_may_be_scored_carries_what_the_oracle_needs(made):
    for kind, draft in made:
        if SCORED in kind.admits:
            assert draft.features == features(draft.event), kind.slug
            assert draft.identity == f"{draft.event['customerID']}|{draft.event['event_ts']}"
            assert set(draft.event) == set(REQUIRED)
        else:
            assert draft.features is None
            msgspec.json.encode(draft)  # histories hold only what UTF-8 can


def _size(headers: Headers) -> int:
    return sum(len(name.encode()) + len(value or b"") + 10 for name, value in headers)


def test_there_are_many_kinds_in_every_group_each_with_a_name_of_its_own():
    slugs = [kind.slug for kind in KINDS]
    assert len(slugs) == len(set(slugs)) >= 70
    assert len({kind.title for kind in KINDS if kind.group != ODD}) > len(KINDS) * 0.7
    for group in GROUPS:
        assert len(catalogue.kinds(group)) >= 20
        assert all(kind.title and kind.group == group for kind in catalogue.kinds(group))
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", slug) for slug in slugs)


def test_each_group_ends_where_it_says():
    assert all(DESERIALIZATION in kind.admits for kind in catalogue.kinds(NOT_JSON))
    for group in (NOT_AN_EVENT, WRONG_FIELD):
        assert all(VALIDATION in kind.admits for kind in catalogue.kinds(group))
    assert all(kind.admits == (SCORED,) for kind in catalogue.kinds(UNSCORABLE))
    assert all(SCORED in kind.admits for kind in catalogue.kinds(ODD))
    sure = [kind for kind in catalogue.kinds(ODD) if kind.admits == (SCORED,)]
    assert len(sure) > 80


def test_the_unscorable_show_every_category_so_that_any_narrower_model_fails_on_one():
    seen = [kind.make(1, 1).event for kind in catalogue.kinds(UNSCORABLE)]
    for name, allowed in CATEGORIES.items():
        for category in allowed:
            assert any(event[name] == category for event in seen), category


def test_every_field_is_missing_once_and_null_once():
    slugs = {kind.slug for kind in KINDS}
    assert {f"{name}-{how}" for name in REQUIRED for how in ("missing", "null")} <= slugs


def test_keys_and_headers_of_every_shape_come_with_bad_and_with_good_values(made):
    for bad in (True, False):
        drafts = [draft for kind, draft in made if (SCORED in kind.admits) != bad]
        keys = {draft.key for draft in drafts}
        assert None in keys and b"" in keys
        assert any(key and not _is_utf8(key) for key in keys)
        values = [value for draft in drafts for _, value in draft.headers]
        assert None in values and b"" in values
        assert any(name.startswith("x-dlq-") for draft in drafts for name, _ in draft.headers)
        assert any(len(draft.headers) == 250 for draft in drafts)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_some_records_are_as_large_as_the_topic_takes(made):
    large = [kind for kind, draft in made if len(draft.value or b"") > LARGE_BYTES - 10]
    assert {NOT_JSON, NOT_AN_EVENT, ODD} <= {kind.group for kind in large}


def test_names_that_are_none_are_refused():
    with pytest.raises(ValueError, match=r"Expected one of the groups .* got 'other'"):
        catalogue.kinds("other")
    with pytest.raises(ValueError, match=r"Expected the slug of a kind .* got 'other'"):
        catalogue.by_slug("other")
    assert catalogue.by_slug("empty").title == "a value of no bytes"
