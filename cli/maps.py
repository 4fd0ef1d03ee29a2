"""`layerloom maps`: paint what a layer of a trained model makes of a sample."""

from pathlib import Path
from typing import Annotated

import typer

from cli import offscreen, session
from cli.ends import Refusal, Status, report_files
from cli.naming import find_run, weights_file
from cli.options import AsJson, RunName, Weights
from codegen import emit_activations
from engine import protocol
from engine.runs import Run, RunError
from graph import datasets, projectfile
from graph.inference import infer
from graph.project import Graph, Project


def run(  # noqa: PLR0913 - a parameter for each option
    run_word: RunName,
    *,
    layer: Annotated[str, typer.Option(help="The layer's name, or the variable of a call.")],
    sample: Annotated[int, typer.Option(min=0, help="Number of the test sample, from 0.")] = 0,
    output: Annotated[Path, typer.Option("-o", "--output", help="The PNG file to write.")] = Path(
        "maps.png"
    ),
    weights: Weights = None,
    theme: Annotated[offscreen.Look, typer.Option(help="The picture's colours.")] = (
        offscreen.Look.LIGHT
    ),
    as_json: AsJson = False,
) -> int:
    """Paint all maps of a layer of a trained model for one sample of the test set."""
    record = find_run(run_word)
    record = record.with_weights(weights_file(record, weights))
    project, program = drawing_of(record)
    node = node_of(project.graph, layer)
    answer = session.maps(request(record, project, program, node, sample))
    offscreen.paint_maps(answer, output, theme)
    count = answer.maps.shape[-1]
    said = f"{output} is written: {layer}, {count} maps, sample {sample}."
    report_files([output], said, as_json=as_json)
    return Status.FINE


def drawing_of(record: Run) -> tuple[Project, str]:
    """Return the drawing and the program of a run; raises Refusal."""
    try:
        return projectfile.loads(record.drawing_text), record.program_text
    except (RunError, projectfile.BadFile) as error:
        raise Refusal(f"The run {record.path} can't be opened: {error}") from None


def node_of(graph: Graph, name: str) -> str:
    """Return the node of this label, or the first call of the layer of this name.

    Raises:
        Refusal: there is none; the sentence names those there are.
    """
    for key, node in graph.nodes.items():
        if node.label == name:
            return key
    for key in graph.nodes:
        if graph.layer_of(key).name == name:
            return key
    labels = ", ".join(node.label for node in graph.nodes.values())
    raise Refusal(f"There is no layer {name} in this drawing; there are {labels}.")


def request(record: Run, project: Project, program: str, node: str, sample: int) -> protocol.Maps:
    """Return the question for a node's maps after a run.

    Raises:
        Refusal: the run has left no weights, or the test set has no such sample.
    """
    if record.weights is None:
        raise Refusal(f"The run {record.path} has left no weights to look into.")
    _refuse_sample(project, sample)
    section = emit_activations(project, infer(project), node)
    return protocol.Maps(
        program=program,
        section=section.text,
        folder=str(session.find_data(project)),
        weights=str(record.weights.resolve()),
        sample=sample,
    )


def _refuse_sample(project: Project, sample: int) -> None:
    """Raise Refusal if the test set has no sample of this number."""
    try:
        count = datasets.describe(project.data).test
    except datasets.BadData as bad:
        raise Refusal(str(bad)) from None
    if sample >= count:
        raise Refusal(
            f"There is no sample {sample:,}: the test set has {count:,}, numbered from 0."
        )
