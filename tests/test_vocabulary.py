"""The sentences of the features lead to promises that can be kept together."""

from testbed.checker.promises import PROMISES
from testbed.vocabulary import PROMISES as SENTENCES


def test_each_sentence_asks_for_one_promise_and_each_promise_has_one():
    """Two in one sentence would ask for a situation that its scenario does not make."""
    asked = [slug for slugs in SENTENCES.values() for slug in slugs]
    assert all(len(slugs) == 1 for slugs in SENTENCES.values())
    assert sorted(asked) == sorted(promise.slug for promise in PROMISES)
