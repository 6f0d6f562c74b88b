"""One promise, one file, one rule."""

from testbed.checker.promise import Promise
from testbed.checker.promises import (
    aborted_invisible,
    commit_monotone,
    commit_not_ahead,
    commit_reaches_end,
    consistent_score,
    dead_letter_contract,
    dead_letter_faithful,
    figures_agree,
    lag_returns,
    never_both,
    no_duplicates,
    no_loss,
    no_phantom,
    order,
    ownership,
    poison,
    prediction_contract,
    restart_idle,
    right_error_type,
    right_outcome,
    right_score,
    service_levels,
    stays_up,
    stops_clean,
    zombie,
)

_MODULES = (
    no_loss, no_duplicates, never_both, no_phantom, right_outcome,
    right_score, consistent_score, order,
    commit_not_ahead, commit_reaches_end, commit_monotone, restart_idle,
    prediction_contract, dead_letter_contract, dead_letter_faithful, right_error_type,
    poison, aborted_invisible, zombie,
    lag_returns, stops_clean, stays_up, ownership, figures_agree, service_levels,
)  # fmt: skip

PROMISES = tuple(Promise(module.ABOUT, module.check) for module in _MODULES)
