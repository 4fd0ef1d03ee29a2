"""From a drawing to a run: the run directory of a project, and the request that trains it."""

import hashlib
from functools import cache
from pathlib import Path

from codegen.source import Program
from engine import hardware, protocol
from engine.runs import Run, RunInfo, new_run
from graph import projectfile
from graph.datasets import file_of
from graph.inference import infer, totals
from graph.project import Project


def prepare(
    parent: Path, project: Project, program: Program, ready: protocol.Ready, folder: Path | str
) -> tuple[Run, protocol.Train]:
    """Make the run directory of a project below ``parent``, and the request that trains it there.

    Args:
        parent: the folder of the runs.
        project: the drawing.
        program: its program, which is what will run.
        ready: what the engine has said of its versions.
        folder: where the program finds its data.

    Raises:
        RunError: the disk is full, or ``parent`` can't be written to.
    """
    info = RunInfo(
        seed=project.training.seed,
        versions={"keras": ready.keras, "tensorflow": ready.tensorflow, "python": ready.python},
        data=fingerprint(project),
        hardware=hardware.facts(ready.devices),
        parameters=totals(project, infer(project)).params,
    )
    run = new_run(parent, project.name, projectfile.dumps(project), program.text, info)
    # the engine has a working directory of its own
    request = protocol.Train(
        run_dir=str(run.path.resolve()), program=program.text, folder=str(Path(folder).resolve())
    )
    return run, request


def fingerprint(project: Project) -> str:
    """Return the data's name and the SHA-256 of its file; the name alone if Keras fetches it."""
    source = project.data.source
    path = file_of(project)
    try:
        facts = path.stat()
    except OSError:
        return source
    return f"{source} sha256:{_digest(path, facts.st_mtime_ns, facts.st_size)}"


@cache
def _digest(path: Path, _modified: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
