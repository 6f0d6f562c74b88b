"""Makes the model: `python -m consumer.model --output DIR`.

A small forest over scaled numbers and one-hot categories, trained on customers that are drawn
from a seed with the plain relations of churn: a short tenure, a monthly contract, a high
charge and fibre without support make leaving likelier. The same seed gives the same scores.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np

from consumer.features import CATEGORIES, NUMERIC
from consumer.forest import as_json
from consumer.model_file import version_of
from consumer.stored_forest import parts_in

CUSTOMERS = 3000
TREES = 20
DEPTH = 6
SEED = 20240607
# The second model never saw this one, so that a valid event exists that it cannot score.
UNSEEN = {"PaymentMethod": "Credit card (automatic)"}


def main() -> None:
    """Write both models: skops, its digest and JSON each."""
    parser = argparse.ArgumentParser(prog="python -m consumer.model", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder for the files")
    parser.add_argument("--seed", type=int, default=SEED, help="of customers and forest")
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    write(train(args.seed), args.output / "model.skops")
    write(train(args.seed, UNSEEN), args.output / "model-narrow.skops")


def train(seed: int = SEED, unseen: dict[str, str] | None = None):
    """Fit the pipeline on drawn customers; categories in ``unseen`` are left out."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    known = [
        [value for value in values if value != (unseen or {}).get(name)]
        for name, values in CATEGORIES.items()
    ]
    table = customers(seed, dict(zip(CATEGORIES, known, strict=True)))
    encoder = OneHotEncoder(categories=known, handle_unknown="error", sparse_output=False)
    features = ColumnTransformer(
        [("numeric", StandardScaler(), list(NUMERIC)), ("categorical", encoder, list(CATEGORIES))]
    )
    forest = RandomForestClassifier(n_estimators=TREES, max_depth=DEPTH, random_state=seed)
    pipeline = Pipeline([("features", features), ("forest", forest)])
    return pipeline.fit(table, churned(table, seed))


def customers(seed: int, known: dict[str, list[str]]):
    """Customers as a table of the model's inputs; texts are independent of each other."""
    import pandas

    rng = np.random.default_rng(seed)
    tenure = rng.integers(0, 73, CUSTOMERS)
    monthly = np.round(rng.uniform(18, 119, CUSTOMERS), 2)
    total = np.round(monthly * tenure * rng.uniform(0.95, 1.05, CUSTOMERS), 2)
    senior = rng.integers(0, 2, CUSTOMERS)
    numbers = dict(zip(NUMERIC, (senior, tenure, monthly, total), strict=True))
    texts = {
        name: np.array(values, dtype=object)[rng.integers(0, len(values), CUSTOMERS)]
        for name, values in known.items()
    }
    return pandas.DataFrame({**numbers, **texts})


def churned(table, seed: int) -> np.ndarray:
    """0 or 1 for each customer, drawn with a probability that follows from the inputs."""
    pull = (
        1.2 * (table["Contract"] == "Month-to-month")
        - 1.0 * (table["Contract"] == "Two year")
        + 0.8 * (table["InternetService"] == "Fiber optic")
        + 0.5 * (table["PaymentMethod"] == "Electronic check")
        - 0.5 * (table["TechSupport"] == "Yes")
        + 0.3 * table["SeniorCitizen"]
        - 0.045 * table["tenure"]
        + 0.015 * table["MonthlyCharges"]
        - 0.4
    )
    chance = 1 / (1 + np.exp(-pull.to_numpy(dtype=float)))
    return (np.random.default_rng(seed + 1).random(len(table)) < chance).astype(int)


def write(pipeline, path: Path) -> None:
    """Store the pipeline with skops, its SHA-256 beside it, and the same model as JSON."""
    from skops.io import dumps

    data = dumps(pipeline)
    digest = hashlib.sha256(data).hexdigest()
    path.write_bytes(data)
    Path(f"{path}.sha256").write_text(f"{digest}  {path.name}\n", "utf-8")
    document = as_json(parts_in(data), version_of(digest))
    path.with_suffix(".json").write_text(json.dumps(document), "utf-8")


if __name__ == "__main__":
    main()
