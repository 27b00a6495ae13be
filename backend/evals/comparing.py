"""Set two rounds side by side: which cases became better, which worse, and by which checks."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.evals.schemas import PASS, ComparedCase
from backend.models.evals import EvalRun
from backend.vocab import CaseStatus

BETTER, WORSE, SAME, OTHER = "better", "worse", "same", "other"
_ORDER = (WORSE, BETTER, OTHER, SAME)


def compared(before: Sequence[EvalRun], after: Sequence[EvalRun]) -> list[ComparedCase]:
    """Return every case of two rounds, what became worse first."""
    old, new = {_key(one): one for one in before}, {_key(one): one for one in after}
    rows = [_row(old.get(key), new.get(key)) for key in dict.fromkeys([*old, *new])]
    return sorted(rows, key=lambda row: _ORDER.index(row["change"]))


def _key(run: EvalRun) -> str:
    return str(run.case_id) if run.case_id else f"{run.position}:{run.name}"


def _row(before: EvalRun | None, after: EvalRun | None) -> ComparedCase:
    one = after or before
    assert one is not None
    checks = _checks(before.checks, after.checks) if before and after else []
    return ComparedCase(
        name=one.name,
        before=before.status if before else "",
        after=after.status if after else "",
        before_run_id=str(before.id) if before else "",
        after_run_id=str(after.id) if after else "",
        change=_change(before, after, checks),
        checks=checks,
    )


def _checks(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    old = {one["title"]: one["verdict"] for one in before}
    return [
        {"title": one["title"], "before": old[one["title"]], "after": one["verdict"]}
        for one in after
        if one["title"] in old and old[one["title"]] != one["verdict"]
    ]


def _change(before: EvalRun | None, after: EvalRun | None, checks: Sequence[Mapping[str, str]]) -> str:
    ended = (CaseStatus.PASSED, CaseStatus.FAILED)
    if before is None or after is None or before.status not in ended or after.status not in ended:
        return OTHER
    if before.status != after.status:
        return BETTER if after.status == CaseStatus.PASSED else WORSE
    if before.status == CaseStatus.PASSED:
        return SAME
    # Both failed: more checks that pass are better.
    gained = sum((one["after"] == PASS) - (one["before"] == PASS) for one in checks)
    return BETTER if gained > 0 else WORSE if gained < 0 else SAME
