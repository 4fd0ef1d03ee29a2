"""The sections `train`, `evaluate` and `main`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codegen import spelling
from codegen.source import Group, statement
from graph.binding import recorded
from graph.inference import totals

if TYPE_CHECKING:
    from codegen.source import Expression, Writer
    from graph.binding import Bindings
    from graph.inference import Report
    from graph.project import Checkpoint, Project

# One execution of several steps is to last 0.2 s at most, so that a window can follow and stop it.
EXECUTION_SECONDS = 0.2
# Multiply-adds a second of a slow computer's processor; training takes three times those of a call.
SLOW_RATE = 20e9
MOST_STEPS = 32

_EVALUATE = '''\
def evaluate(model, data):
    """Return the loss and the metrics on the test data, by name."""
    inputs, targets = data["test"]
    return model.evaluate(
        inputs,
        targets,
        batch_size=BATCH_SIZE,
        return_dict=True,
        verbose=0,
    )'''

_MAIN = '''\
def main(folder="data", callbacks=()):
    """Train the model and evaluate it; return model, history and scores."""
    keras.utils.set_random_seed(SEED)
    data = load_data(folder)
    model = build_model()
    model.summary()
    history = train(model, data, callbacks)
    scores = evaluate(model, data)
    return model, history, scores'''

GUARD = """\
if __name__ == "__main__":
    model, history, scores = main(Path(__file__).parent / "data")
    for name, score in scores.items():
        print(f"test {name}: {score:.4f}")"""


def emit_train(writer: Writer, project: Project, report: Report, bound: Bindings) -> None:
    """Write the function that trains the model."""
    writer.add("def train(model, data, callbacks=(), initial_epoch=0):")
    writer.add('"""Compile the model, train it and return the history."""', indent=4)
    writer.add(statement("", _compile(project, report, bound)), indent=4)
    writer.add('epoch = tf.Variable(initial_epoch, dtype="int64")', indent=4)
    follow = "on_epoch_begin=lambda number, logs: epoch.assign(number)"
    writer.add(statement("follow = ", Group("keras.callbacks.LambdaCallback", (follow,))), indent=4)
    checkpoint = project.training.checkpoint
    if checkpoint is not None:
        writer.add(statement("checkpoint = ", _checkpoint(checkpoint, bound)), indent=4)
    validated = project.training.validation != "none"
    writer.add(_fit(validated=validated, checkpoint=checkpoint is not None), indent=4)
    if checkpoint is not None and _restores(project, bound, checkpoint):
        pattern = spelling.text(_pattern(checkpoint.filepath))
        writer.add("# the file written last holds the best weights", indent=4)
        writer.add(statement("saved = ", Group("glob.glob", (pattern,))), indent=4)
        writer.add("if saved:", indent=4)
        writer.add("model.load_weights(max(saved, key=os.path.getmtime))", indent=8)
    writer.add("return history", indent=4)


def restores(project: Project, bound: Bindings) -> bool:
    """Say whether the program goes back to the best weights after training."""
    checkpoint = project.training.checkpoint
    return checkpoint is not None and _restores(project, bound, checkpoint)


def _restores(project: Project, bound: Bindings, checkpoint: Checkpoint) -> bool:
    return (
        checkpoint.restore_best
        and checkpoint.save_best_only
        and checkpoint.monitor in recorded(project, bound)
    )


def emit_evaluate(writer: Writer) -> None:
    """Write the function that evaluates the model."""
    writer.add(_EVALUATE)


def emit_main(writer: Writer) -> None:
    """Write the function that does it all."""
    writer.add(_MAIN)


def emit_constants(writer: Writer, project: Project) -> None:
    """Write the numbers that a reader may want to change."""
    training = project.training
    writer.add(f"SEED = {spelling.literal(training.seed)}")
    writer.add(f"BATCH_SIZE = {spelling.literal(training.batch_size)}")
    writer.add(f"EPOCHS = {spelling.literal(training.epochs)}")
    if training.validation == "split":
        writer.add(f"VALIDATION_SPLIT = {spelling.literal(training.validation_split)}")
    if training.limit is not None:
        writer.add(f"LIMIT = {spelling.literal(training.limit)}")


def steps_per_execution(multiply_adds: int, batch_size: int) -> int:
    """Return how many batches one execution takes, given a sample's multiply-adds in a call."""
    seconds = 3 * multiply_adds * batch_size / SLOW_RATE
    return max(1, min(MOST_STEPS, int(EXECUTION_SECONDS / max(seconds, 1e-9))))


def _compile(project: Project, report: Report, bound: Bindings) -> Group:
    losses = tuple(spelling.text(one.loss) for one in bound.outputs)
    metrics = tuple(
        Group("", tuple(map(spelling.text, one.metrics)), "[]") for one in bound.outputs
    )
    steps = steps_per_execution(totals(project, report).multiply_adds, project.training.batch_size)
    parts: list[Expression] = [
        spelling.with_keyword("optimizer", spelling.named(project.training.optimizer, "optimizer"))
    ]
    if len(losses) == 1:
        parts.append(f"loss={losses[0]}")
        parts += [spelling.with_keyword("metrics", metrics[0])] if metrics[0].parts else []
    else:
        parts.append(Group("loss=", losses, "[]"))
        if any(metric.parts for metric in metrics):
            parts.append(Group("metrics=", metrics, "[]"))
    if steps > 1:
        parts.append(f"steps_per_execution={steps}")
    return Group("model.compile", tuple(parts))


def _checkpoint(checkpoint: Checkpoint, bound: Bindings) -> Group:
    mode = checkpoint.mode
    if mode == "auto" and len(bound.outputs) > 1 and checkpoint.monitor not in _TOTALS:
        # Keras can't tell by itself which way the metric of one of several outputs gets better
        mode = "max" if any(word in checkpoint.monitor for word in _RISING) else "min"
    parts = [spelling.text(checkpoint.filepath), f"monitor={spelling.text(checkpoint.monitor)}"]
    if checkpoint.save_best_only:
        parts.append("save_best_only=True")
    if checkpoint.filepath.endswith(".weights.h5"):
        parts.append("save_weights_only=True")
    if mode != "auto":
        parts.append(f"mode={spelling.text(mode)}")
    return Group("keras.callbacks.ModelCheckpoint", tuple(parts))


_TOTALS = {"loss", "val_loss"}
_RISING = ("accuracy", "auc", "precision", "recall", "f1_", "f_beta", "io_u", "r2_", "similarity")


def _fit(*, validated: bool, checkpoint: bool) -> str:
    validation = '    validation_data=data["validation"],\n    validation_batch_size=BATCH_SIZE,\n'
    own = "follow, checkpoint" if checkpoint else "follow"
    return (
        "history = model.fit(\n"
        '    shuffled_batches(*data["train"], epoch),\n'
        f"{validation if validated else ''}"
        "    epochs=EPOCHS,\n"
        "    initial_epoch=initial_epoch,\n"
        f"    callbacks=[{own}, *callbacks],\n"
        "    shuffle=False,  # the batches are in a new order already\n"
        "    verbose=2,\n"
        ")"
    )


def _pattern(filepath: str) -> str:
    """Return the pattern that finds what a checkpoint wrote: `model-*.weights.h5`."""
    literal = re.sub(r"([*?\[])", r"[\1]", filepath)
    return re.sub(r"\{[^{}]*\}", "*", literal)
