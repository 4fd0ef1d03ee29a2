"""From a drawing to a run: the run directory of a project, and the request that trains it."""

import contextlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from codegen import emit
from codegen.export import copy_own
from codegen.source import Program
from engine import hardware, protocol
from engine.runs import Run, RunError, RunInfo, new_run
from graph import edits, projectfile
from graph.binding import bind
from graph.datasets import BadData, file_of, find_data, fingerprint, is_file
from graph.inference import infer, totals
from graph.project import Project
from graph.statistics import split_counts


def prepare(  # noqa: PLR0913 - what a run is made of
    parent: Path,
    project: Project,
    program: Program,
    ready: protocol.Ready,
    folder: Path | str,
    *,
    weights: Path | None = None,
) -> tuple[Run, protocol.Train]:
    """Make the run directory of a project below ``parent``, and the request that trains it there.

    Args:
        parent: the folder of the runs.
        project: the drawing.
        program: its program, which is what will run.
        ready: what the engine has said of its versions.
        folder: where the program finds its data.
        weights: the file of the weights to begin with; None: those of a new model.

    Raises:
        RunError: the disk is full, or ``parent`` can't be written to.
    """
    report = infer(project)
    info = RunInfo(
        seed=project.training.seed,
        versions=_versions(ready),
        data=fingerprint(project),
        hardware=hardware.facts(ready.devices),
        samples=split_counts(project, bind(project, report)),
        parameters=totals(project, report).params,
        parent=_run_of(weights),
        start=None if weights is None else str(weights.resolve()),
    )
    run = new_run(parent, project.name, projectfile.dumps(project), program.text, info)
    _bring_own(project, run.path)
    # the engine has a working directory of its own
    place, data = str(run.path.resolve()), str(Path(folder).resolve())
    return run, protocol.Train(run_dir=place, program=program.text, folder=data, weights=info.start)


def _versions(ready: protocol.Ready) -> dict[str, str]:
    """Return what trains, by name and version."""
    names = ("keras", "tensorflow", "numpy", "python")
    found = {name: getattr(ready, name) for name in names}
    with contextlib.suppress(PackageNotFoundError):  # a copy that was never installed
        found["layerloom"] = version("layerloom")
    return found


def _bring_own(project: Project, folder: Path) -> None:
    """Put one's own callbacks beside the program."""
    try:
        copy_own(project, folder)
    except projectfile.BadFile as error:
        raise RunError(str(error)) from None


def resume(run: Run, epochs: int | None = None) -> protocol.Train:
    """Return the request that lets a run go on from its last backup.

    Args:
        run: what was stopped or cut off, or is complete.
        epochs: train up to so many epochs in all, which changes the run's drawing and program;
            None leaves them as they are.

    Raises:
        RunError: it can't go on; the sentence says why.
    """
    try:
        project = projectfile.loads(run.drawing_text)
        _refuse_other_data(run, project)
        folder = find_data(project)
    except projectfile.BadFile as bad:
        raise RunError(f"The drawing of the run {run.path.name} can't be read: {bad}.") from bad
    except (BadData, OSError) as error:
        raise RunError(str(error)) from error
    if epochs is not None:
        _lengthen(run, project, epochs)
    elif run.info.status == "completed":
        raise RunError(
            f"The run {run.path.name} is complete after {run.epochs_saved:,} epochs: "
            "say up to how many epochs it is to be trained."
        )
    return protocol.Train(
        run_dir=str(run.path.resolve()),
        program=run.program_text,
        folder=str(folder.resolve()),
        resume=True,
        longer=epochs is not None,
        weights=run.info.start,
    )


def _lengthen(run: Run, project: Project, epochs: int) -> None:
    """Change how many epochs a run has; raises RunError if it has had so many."""
    if epochs <= run.epochs_saved:
        raise RunError(
            f"The run {run.path.name} has been trained for {run.epochs_saved:,} epochs already; "
            f"it can go on to more of them, not to {epochs:,}."
        )
    plan = msgspec.structs.replace(project.training, epochs=epochs)
    longer, _ = edits.apply(project, edits.SetTraining(plan))
    run.replace_texts(projectfile.dumps(longer), emit(longer, infer(longer)).text)


def _refuse_other_data(run: Run, project: Project) -> None:
    """Raise RunError if the data is no longer what the run was trained on."""
    now = fingerprint(project)
    if "sha256:" not in run.info.data or now == run.info.data:
        return
    if "sha256:" not in now and is_file(project.data.source):
        raise RunError(
            f"{file_of(project)} is missing or can't be read, and the run {run.path.name} "
            "was trained on it. Put it back, then resume."
        )
    if "sha256:" in now:
        raise RunError(
            f"{file_of(project)} has changed since the run {run.path.name} began: "
            "put the old file back, or train anew."
        )


def _run_of(weights: Path | None) -> str:
    """Return the name of the run directory that a file of weights lies in, or ""."""
    if weights is None:
        return ""
    homes = [folder for folder in weights.resolve().parents if (folder / "run.json").is_file()]
    return homes[0].name if homes else ""
