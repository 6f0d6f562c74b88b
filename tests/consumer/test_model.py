"""The model is made from a seed, and its two forms go together."""

import hashlib
import json

import numpy as np

from consumer.features import CATEGORIES
from consumer.model import UNSEEN, churned, customers, train, write


def all_categories():
    return {name: list(known) for name, known in CATEGORIES.items()}


def test_the_same_seed_gives_the_same_scores():
    """And another seed gives others."""
    table = customers(1, all_categories())
    first, second, other = (train(seed).predict_proba(table)[:, 1] for seed in (3, 3, 4))
    assert (first == second).all()
    assert not (first == other).all()


def test_scores_spread_and_follow_the_plain_relations():
    """A score that says nothing would hide a consumer that mixes customers up."""
    table = customers(2, all_categories())
    scores = train().predict_proba(table)[:, 1]
    assert len(np.unique(scores)) > 0.9 * len(table)
    assert 0.1 < scores.mean() < 0.7
    monthly = table["Contract"] == "Month-to-month"
    assert scores[monthly].mean() > scores[~monthly].mean() + 0.1
    assert 0.2 < churned(table, 2).mean() < 0.6


def test_the_files_go_together(tmp_path):
    """skops, its digest, and JSON with the same version; the narrow twin lacks one category."""
    write(train(unseen=UNSEEN), tmp_path / "model.skops")
    digest = (tmp_path / "model.skops.sha256").read_text("utf-8").split()[0]
    assert hashlib.sha256((tmp_path / "model.skops").read_bytes()).hexdigest() == digest
    document = json.loads((tmp_path / "model.json").read_text("utf-8"))
    assert digest.startswith(document["model_version"])
    known = {one["name"]: one["categories"] for one in document["categorical"]}
    assert list(known) == list(CATEGORIES)
    assert set(CATEGORIES["PaymentMethod"]) - set(known["PaymentMethod"]) == set(UNSEEN.values())
