"""Candidates bring what they need, and are told where they work."""

import sys

from bench.candidate import Candidate, Place, candidates
from testbed.models import ModelFiles


def test_a_candidate_is_told_its_instance_and_its_place(tmp_path):
    files = ModelFiles(tmp_path / "m.skops", tmp_path / "m.json")
    told = Place("h:1", "in", "out", "dead", "group", files).environment(2)
    assert told["INSTANCE"] == "2" and told["GROUP_ID"] == "group" and told["INPUT_TOPIC"] == "in"


def test_peers_bring_an_environment_of_their_own_and_pin_it():
    peers = [one for one in candidates([]) if one.requires]
    assert {one.name for one in peers} == {"faust_take", "quix"}
    assert all("==" in wanted for one in peers for wanted in one.requires)


def test_a_candidate_without_needs_runs_where_the_project_does():
    assert Candidate("relay").python() == sys.executable
