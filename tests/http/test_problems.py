"""Whatever goes wrong is told in one shape, and explained at one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from statewright import errors
from statewright.errors import CorruptedSession, DraftChanged, RevisionConflict, StatewrightError
from statewright.http.problems import BY_CODE, KINDS, PROBLEMS, Kind, problem_from
from tests.http.serving import Client

DOCS = Path(__file__).parents[2] / "docs" / "http.md"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_problem_is_explained_where_its_type_leads(client: Client, kind: Kind) -> None:
    page = client.get(f"/problems/{kind.code}").json()
    assert (page["code"], page["status"]) == (kind.code, kind.status)
    assert page["help"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_problem_is_documented(kind: Kind) -> None:
    assert f"| {kind.status} | `{kind.code}` |" in DOCS.read_text()


def test_there_is_no_page_of_a_problem_that_there_is_not(client: Client) -> None:
    assert client.get("/problems/NONSENSE").status_code == 404


def test_kinds_have_codes_of_their_own() -> None:
    assert len(BY_CODE) == len(KINDS)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RevisionConflict(3, 4), 409, "REVISION_CONFLICT"),
        (DraftChanged("x", "y"), 412, "DRAFT_CHANGED"),
        (errors.UnknownSession("x"), 404, "UNKNOWN_SESSION"),
        (errors.Overloaded("x"), 503, "OVERLOADED"),
        (errors.StorageUnavailable("x"), 503, "UNAVAILABLE"),
        (CorruptedSession("x"), 500, "CORRUPTED_DATA"),
        (ValueError("x"), 500, "INTERNAL"),
    ],
)
def test_an_exception_is_told_by_the_row_of_its_class(
    error: Exception, status: int, code: str
) -> None:
    problem = problem_from(error)
    assert (problem.kind.status, problem.kind.code) == (status, code)


def test_an_exception_is_told_by_the_row_of_the_class_above_it() -> None:
    class SpecialConflict(RevisionConflict):
        pass

    assert problem_from(SpecialConflict(3, 4)).details == {"revision": 4, "expected": 3}


def test_a_failure_of_the_server_says_nothing_of_its_insides() -> None:
    assert "secret" not in problem_from(RuntimeError("secret")).message


def test_whatever_callers_can_do_wrong_has_a_row() -> None:
    # A snapshot that is none, or of another chart, is the server's own fault; no request asks for a
    # tree to be written; sessions are let catch up before anything else is done to them.
    own = {
        errors.ForeignSnapshot,
        errors.InvalidSnapshot,
        errors.UnwritableTree,
        errors.SessionBehind,
    }
    of_callers = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and issubclass(kind, (errors.CallerError, errors.ContentionError))
        and kind not in {errors.CallerError, errors.ContentionError}
    }
    assert of_callers - own <= PROBLEMS.keys()
    assert all(issubclass(kind, StatewrightError) for kind in of_callers)
