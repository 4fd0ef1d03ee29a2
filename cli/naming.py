"""How a run is named on the command line: by its folder, or by the beginning of its name."""

from pathlib import Path

from cli.ends import Refusal
from engine import runs
from engine.evaluating import weights_of
from engine.runs import Run, RunError


def weights_file(record: Run, wanted: Path | None) -> Path:
    """Return a file of weights, by its path or its name in the run directory; None: the last.

    Raises:
        Refusal: there is none.
    """
    there = weights_of(record)
    if wanted is None:
        if there:
            return there[0]
        raise Refusal(f"The run {record.path} has left no weights.")
    for path in (wanted, record.path / wanted):
        if path.is_file():
            return path
    names = ", ".join(path.name for path in there) or "none"
    raise Refusal(f"There is no file {wanted}; the run has left {names}.")


def find_run(word: str, parent: Path | None = None) -> Run:
    """Return the run that a word names.

    Args:
        word: a run directory, or a folder of them, which stands for the newest; or the beginning
            of a run's name or of its folder's name, also for the newest that begins so; a name that
            is the word itself comes before those that only begin with it.
        parent: where to look for names; None is the user's folder of runs.

    Raises:
        Refusal: there is none.
    """
    path, trouble = Path(word).expanduser(), ""
    if path.is_dir():
        try:
            return runs.open_run(path)
        except RunError as error:
            if found := runs.list_runs(path):
                return found[0]
            trouble = str(error)  # a run may have the name of a folder that lies here
    parent = parent or runs.default_parent()
    listed = runs.list_runs(parent)
    exact = (run for run in listed if word in {run.path.name, run.info.name})
    begun = (
        run for run in listed if run.path.name.startswith(word) or run.info.name.startswith(word)
    )
    for one in (*exact, *begun):
        return one
    if trouble:
        raise Refusal(trouble)
    raise Refusal(f"There is no run {word} in {parent}; layerloom runs lists those there are.")
