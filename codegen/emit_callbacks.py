"""The callbacks of `train`: Keras's own with their settings, and those from a file."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from codegen import spelling
from codegen.source import Group, statement
from graph.callbacks import AVERAGES, SCHEDULER, planned, settings
from graph.goals import best_is
from graph.objects import OWN
from graph.schedules import base_rate

if TYPE_CHECKING:
    from codegen.source import Expression, Writer
    from graph.columns import Bindings
    from graph.params import Named
    from graph.project import Checkpoint, Project

LIST = "planned"
_RATE_OF = "learning_rate_of"


def emit_own_imports(writer: Writer, project: Project) -> None:
    """Write, into `train`, the imports from files: nothing but a training runs them."""
    own = [one.settings for one in planned(project.training) if one.name == OWN]
    lines = {f"from {PurePath(str(one['path'])).stem} import {one['name']}" for one in own}
    for line in sorted(lines):
        writer.add(f"{line}  # lies beside this program", indent=4)
    if lines:
        writer.add()


def emit_rate(writer: Writer, project: Project) -> bool:
    """Write the function that LearningRateScheduler asks; return whether there is one."""
    one = next((one for one in planned(project.training) if one.name == SCHEDULER), None)
    rate = base_rate(project.training.optimizer)
    if one is None or not isinstance(rate, float):
        return False
    values = settings("callback", one)
    factor, epochs = spelling.literal(float(str(values["factor"]))), values["epochs"]
    formulas = {
        "step": f"{rate!r} * {factor} ** (epoch // {epochs})",
        "exponential": f"{rate!r} * {factor} ** (epoch / {epochs})",
        "warm-up": f"{rate!r} * min(1.0, (epoch + 1) / {epochs})",
    }
    writer.add(f"def {_RATE_OF}(epoch):")
    writer.add('"""Return the learning rate of an epoch; epochs count from 0."""', indent=4)
    writer.add(f"return {formulas[str(values['shape'])]}", indent=4)
    return True


def emit_callbacks(writer: Writer, project: Project, bound: Bindings) -> str:
    """Write what makes the callbacks of the plan; return how the call of `fit` names them all."""
    checkpoint = project.training.checkpoint
    names = ["follow"]
    made = [(one, _made(one, project, bound)) for one in planned(project.training)]
    for one, call in made:
        if one.name == AVERAGES and call is not None:
            # before the checkpoint, which is to keep the averages
            writer.add(statement("averages = ", call), indent=4)
            names.append("averages")
            break
    if checkpoint is not None:
        writer.add(statement("checkpoint = ", _checkpoint(checkpoint, project, bound)), indent=4)
        names.append("checkpoint")
    rest = tuple(call for one, call in made if one.name != AVERAGES and call is not None)
    if rest:
        writer.add(statement(f"{LIST} = ", Group("", rest, "[]")), indent=4)
        names.append(f"*{LIST}")
    return ", ".join([*names, "*callbacks"])


def _made(one: Named, project: Project, bound: Bindings) -> Expression | None:
    """Return the call that makes a callback, or None if the program can't have it."""
    if one.name == OWN:
        return f"{one.settings['name']}()"
    head = f"keras.callbacks.{one.name}"
    if one.name == SCHEDULER:
        if not isinstance(base_rate(project.training.optimizer), float):
            return None
        verbose = one.settings.get("verbose")
        return Group(head, (_RATE_OF, *((f"verbose={verbose}",) if verbose else ())))
    given = dict(one.settings)
    parts: list[Expression] = []
    if "filename" in given:
        parts.append(spelling.text(given.pop("filename")))
        # a training that goes on writes on
        given.setdefault("append", None)
    if "monitor" in settings("callback", one):
        given = _with_mode(given, one, project, bound)
    parts += [
        "append=initial_epoch > 0" if value is None and key == "append" else part
        for (key, value), part in zip(given.items(), spelling.keywords(given), strict=True)
    ]
    return Group(head, tuple(parts))


def _with_mode(
    given: dict[str, object], one: Named, project: Project, bound: Bindings
) -> dict[str, object]:
    values = settings("callback", one)
    mode = _mode(str(values["monitor"]), str(values["mode"]), project, bound)
    if mode == "auto":
        given.pop("mode", None)
        return given
    return {**given, "mode": mode}


def _mode(monitor: str, mode: str, project: Project, bound: Bindings) -> str:
    """Return the mode, filled in where Keras can't tell which way a value gets better."""
    name = monitor.removeprefix("val_")
    several = len(bound.outputs) > 1
    if mode != "auto" or name == "loss" or (name == "accuracy" and not several):
        return mode
    for one in bound.outputs if several else ():
        prefix = f"{project.graph.layer_of(one.port.node).name}_"
        if name.startswith(prefix):
            return best_is(name.removeprefix(prefix))
    return best_is(name)


def _checkpoint(checkpoint: Checkpoint, project: Project, bound: Bindings) -> Group:
    mode = _mode(checkpoint.monitor, checkpoint.mode, project, bound)
    parts = [spelling.text(checkpoint.filepath), f"monitor={spelling.text(checkpoint.monitor)}"]
    if checkpoint.save_best_only:
        parts.append("save_best_only=True")
    if checkpoint.filepath.endswith(".weights.h5"):
        parts.append("save_weights_only=True")
    if mode != "auto":
        parts.append(f"mode={spelling.text(mode)}")
    return Group("keras.callbacks.ModelCheckpoint", tuple(parts))
