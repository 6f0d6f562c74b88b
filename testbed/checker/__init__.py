"""Promises over a recorded history: pure, without Kafka and without a clock."""

from testbed.checker.judging import Judgement, judge
from testbed.checker.promise import Promise
from testbed.checker.promises import PROMISES

__all__ = ["PROMISES", "Judgement", "Promise", "judge"]
