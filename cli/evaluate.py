"""`layerloom evaluate`: how a trained model does on data it has not seen."""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import typer
from rich.console import Console
from rich.progress import TaskProgressColumn
from rich.table import Table

from cli import session
from cli.ends import Refusal, Status, print_json
from cli.naming import find_run, weights_file
from cli.options import AsJson, RunName, Weights
from cli.progress import bar, values
from engine import protocol, scores
from engine.evaluating import (
    Classes,
    Evaluation,
    Judgement,
    Labels,
    Output,
    doubt_of,
    judged,
    outputs_of,
    request_for,
)
from engine.runs import Run, RunError
from graph import projectfile
from graph.datasets import BadData
from graph.inference import infer
from graph.project import Project

_WIDEST = 20  # classes of a confusion matrix that a terminal has room for
_PAIRS = 10  # of classes taken for each other, that are named where it has none
_WORST = 20  # mistakes whose numbers are in the JSON


def run(
    run_word: RunName,
    *,
    weights: Weights = None,
    part: Annotated[
        Literal["test", "validation", "train"], typer.Option(help="The part of the data.")
    ] = "test",
    matrix: Annotated[
        Path | None, typer.Option(help="Paint the confusion matrix as this PNG file.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Evaluate a trained model: loss, metrics, confusion matrix, figures of each class."""
    record = find_run(run_word)
    project, request = _question(record, weights, part)
    console = Console(quiet=as_json, highlight=False, soft_wrap=True)
    answer = _answer(request)
    outputs = outputs_of(project, infer(project))
    made = judged(request, answer, outputs, doubt_of(record, project))
    if matrix is not None:
        _paint(made, matrix)
    if as_json:
        print_json({"run": str(record.path), **_as_record(made)})
    else:
        _print(made, console)
        if matrix is not None:
            console.print(f"{matrix} is written.", markup=False)
    return Status.FINE


def _question(record: Run, weights: Path | None, part: str) -> tuple[Project, protocol.Evaluate]:
    """Return the drawing of a run, and what to ask about it; raises Refusal."""
    try:
        project = projectfile.loads(record.drawing_text)
        return project, request_for(record, project, weights_file(record, weights), part)
    except (RunError, projectfile.BadFile, BadData) as error:
        raise Refusal(f"The run {record.path} can't be evaluated: {error}") from None


def _answer(request: protocol.Evaluate) -> protocol.EvaluationReady:
    """Ask an engine, with a progress bar on a terminal; raises Refusal."""
    with bar(TaskProgressColumn()) as shown:
        task = shown.add_task("Starting Keras", total=None)  # takes some seconds

        def advance(done: int, total: int) -> None:
            shown.update(task, description="Evaluating", completed=done, total=total)

        return session.evaluate(request, advance)


def _print(made: Evaluation, console: Console) -> None:
    console.print(f"{made.request.part.title()} set: {values(made.scores)}", markup=False)
    console.print(f"Weights: {made.request.weights}", markup=False)
    if made.doubt:
        console.print(f"Careful: {made.doubt}", markup=False, style="yellow")
    for one in made.outputs:
        console.print()
        _print_output(one, console)


def _print_output(one: Judgement, console: Console) -> None:
    if one.classes is not None:
        _print_matrix(one, one.classes, console)
        console.print()
        console.print(_class_table(one.output, one.classes))
    elif one.labels is not None:
        right = int(one.labels.of.is_right.sum())
        count = len(one.labels.of.truth)
        all_right = f"{right:,} of {count:,} samples have all their labels right"
        console.print(f"{one.output.name}: {all_right}", markup=False)
        console.print(_class_table(one.output, one.labels, "label"))
    elif one.numbers is not None:
        for number, fit in enumerate(one.numbers.fits):
            name = one.output.name + (f"[{number}]" if len(one.numbers.fits) > 1 else "")
            said = f"mean absolute error {fit.mae:.4g} · rmse {fit.rmse:.4g} · R² {fit.r2:.4f}"
            console.print(f"{name}: {said}", markup=False)
    elif one.errors is not None:
        worst = int(np.argmax(one.errors))
        console.print(
            f"{one.output.name}: mean squared error {one.errors.mean():.4g}, "
            f"the worst {one.errors[worst]:.4g} (sample {worst:,})",
            markup=False,
        )
    elif one.remark:
        console.print(f"{one.output.name}: {one.remark}", markup=False)


def _print_matrix(one: Judgement, classes: Classes, console: Console) -> None:
    count = len(classes.matrix)
    if count > _WIDEST:
        title = f"{one.output.name}: of {count} classes, these are taken for each other most often"
        console.print(title, markup=False)
        wrong = classes.matrix - np.diag(np.diagonal(classes.matrix))
        for cell in np.argsort(-wrong, axis=None, kind="stable")[:_PAIRS]:
            truth, predicted = divmod(int(cell), count)
            names = f"{one.output.name_of(truth)} for {one.output.name_of(predicted)}"
            console.print(f"  {names}: {wrong[truth, predicted]:,}", markup=False)
        return
    console.print(
        f"{one.output.name}: a row for each true class, a column for each predicted one",
        markup=False,
    )
    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
    table.add_column("")
    for label in range(count):
        table.add_column(str(label), justify="right")
    for label, row in enumerate(classes.matrix):
        cells = (str(cell) if cell else "·" for cell in row.tolist())
        table.add_row(_named(one.output, label), *cells)
    console.print(table)


def _class_table(output: Output, classes: Classes | Labels, word: str = "class") -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(word)
    for heading in ("precision", "recall", "F1", "AUC", "samples"):
        table.add_column(heading, justify="right")
    made = classes.scores
    for label, curve in enumerate(classes.curves):
        figures = (made.precision[label], made.recall[label], made.f1[label])
        area = float("nan") if curve is None else curve.area
        cells = ("–" if np.isnan(figure) else f"{figure:.3f}" for figure in (*figures, area))
        table.add_row(_named(output, label), *cells, f"{made.support[label]:,}")
    return table


def _named(output: Output, label: int) -> str:
    name = output.name_of(label)
    return name if name == str(label) else f"{label} {name}"


def _paint(made: Evaluation, path: Path) -> None:
    """Paint the first confusion matrix there is; raises Refusal."""
    from cli import offscreen  # noqa: PLC0415 - loads Qt, which nothing else here needs

    for one in made.outputs:
        if one.classes is not None:
            names = [one.output.name_of(label) for label in range(len(one.classes.matrix))]
            offscreen.paint_matrix(one.classes.matrix, names, path)
            return
    raise Refusal("No output of this model predicts classes, so there is no confusion matrix.")


def _as_record(made: Evaluation) -> dict[str, object]:
    """Return what `--json` prints; docs/command-line.md describes it."""
    return {
        "weights": made.request.weights,
        "part": made.request.part,
        "scores": made.scores,
        "doubt": made.doubt,
        "outputs": [_output_record(one) for one in made.outputs],
    }


def _figures_record(output: Output, of: Classes | Labels, word: str) -> dict[str, object]:
    return {
        word: [output.name_of(label) for label in range(len(of.curves))],
        "precision": of.scores.precision.tolist(),
        "recall": of.scores.recall.tolist(),
        "f1": of.scores.f1.tolist(),
        "auc": [None if curve is None else curve.area for curve in of.curves],
        "support": of.scores.support.tolist(),
    }


def _output_record(one: Judgement) -> dict[str, object]:
    record: dict[str, object] = {"name": one.output.name}
    if one.classes is not None:
        figures = _figures_record(one.output, one.classes, "classes")
        return (
            record
            | figures
            | {
                "confusion": one.classes.matrix.tolist(),
                "mistakes": scores.ranked(one.classes.of)[:_WORST].tolist(),
            }
        )
    if one.labels is not None:
        return record | _figures_record(one.output, one.labels, "labels")
    if one.numbers is not None:
        return record | {"fits": [fit._asdict() for fit in one.numbers.fits]}
    if one.errors is not None:
        worst = np.argsort(-one.errors, kind="stable")[:_WORST]
        return record | {"mean_squared_error": float(one.errors.mean()), "worst": worst.tolist()}
    return record
