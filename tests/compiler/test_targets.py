"""What all targets have in common: files, and a list of what they cannot say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from statewright import compiler, flows
from statewright.cli import run
from statewright.compiler.targets import TARGETS, Loss, Place, json_of, lines_of
from statewright.compiler.targets.export import export_of, stem_of
from statewright.expressions import Literal
from statewright.statechart import Datum, Release, State, Statechart, digest_of, release_from_json
from statewright.statechart.actions import Assign, Merge, Merging
from statewright.statechart.definition import Limits

EXAMPLES_FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = ("appointment-booking", "lead-capture", "onboarding", "order-status", "quiz")


def release_of(name: str) -> Release:
    return compiler.compile(flows.read(EXAMPLES_FOLDER / f"{name}.yaml")).release()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_target_writes_every_example_and_the_same_twice(target: str, name: str) -> None:
    export = TARGETS[target](release_of(name))
    assert export == TARGETS[target](release_of(name))
    assert all(text.endswith("\n") for text in export.files.values())
    assert all("/" not in file and "\\" not in file for file in export.files)


@pytest.mark.parametrize("target", TARGETS)
def test_a_loss_stands_in_the_text_and_in_the_data(target: str) -> None:
    export = TARGETS[target](release_of("order-status"))
    written = json.loads(json.dumps(json_of(target, export)))
    assert [loss["code"] for loss in written["losses"]] == [loss.code for loss in export.losses]
    text = "".join(export.files.values())
    assert all(loss.code in text for loss in export.losses)


@pytest.mark.parametrize(
    ("target", "lost"),
    [
        ("python-statemachine", {"privacy", "contact-declarations"}),
        ("scxml", {"privacy", "merging", "types"}),
        ("transitions", {"privacy", "merging", "types", "contact-declarations"}),
        ("xstate", {"privacy", "contact-declarations"}),
    ],
)
def test_what_is_declared_of_values_and_how_they_come_about_is_not_lost_in_silence(
    target: str, lost: set[str]
) -> None:
    visit = Assign(("contact", "visits"), Literal(2), merge=Merge(Merging.INCREMENT, Literal(1)))
    chart = Statechart(
        "declared",
        (State("s", entry=((visit,),)),),
        data=(Datum("age", "int", limits=Limits(minimum=0), private=True),),
        contact=(Datum("visits", "int", Literal(0)),),
    )
    export = TARGETS[target](Release(chart, digest_of(chart)))
    assert {loss.code for loss in export.losses} >= lost


def test_json_loses_nothing() -> None:
    release = release_of("quiz")
    export = TARGETS["json"](release)
    (text,) = export.files.values()
    assert export.losses == ()
    assert release_from_json(text).digest == release.digest


def test_losses_of_a_kind_share_a_line_that_names_the_first_places() -> None:
    losses = [Loss("deaf", "it hears nothing", "it waits", Place(f"s{n}")) for n in range(7)]
    assert list(lines_of(losses)) == [
        "deaf: it hears nothing; it waits (s0; s1; s2; s3; s4; and 2 more)"
    ]


def test_equal_losses_are_told_once() -> None:
    loss = Loss("deaf", "it hears nothing", "it waits")
    assert export_of({"a": "b\n"}, [loss, loss]).losses == (loss,)


@pytest.mark.parametrize(
    ("name", "stem"),
    [("Order status", "order-status"), ("../../etc/passwd", "etc-passwd"), ("", "chart")],
)
def test_a_file_is_named_after_the_chart_and_stays_where_it_is_put(name: str, stem: str) -> None:
    assert stem_of(name) == stem


# On the command line

LEAD = str(EXAMPLES_FOLDER / "lead-capture.yaml")


def test_losses_are_told_on_stderr_and_stdout_holds_the_text_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["compile", LEAD, "--to", "scxml"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("<?xml")
    assert err.startswith("scxml does not carry over:\n")
    assert "  deferred: `message` is not kept" in err


def test_several_files_need_a_directory_which_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compile", LEAD, "--to", "xstate"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "name a directory with --output" in err
    folder = tmp_path / "new" / "machines"
    assert run(["compile", LEAD, "--to", "xstate", "-o", str(folder)]) == 0
    assert {path.name for path in folder.iterdir()} == set(
        TARGETS["xstate"](release_of("lead-capture")).files
    )


def test_a_directory_that_is_a_file_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert run(["compile", LEAD, "--to", "xstate", "-o", str(file)]) == 2
    assert "cannot make the directory" in capsys.readouterr().err


def test_as_json_an_export_is_one_object_with_files_and_losses(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["compile", LEAD, "--to", "xstate", "--format", "json"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert written == json_of("xstate", TARGETS["xstate"](release_of("lead-capture")))
