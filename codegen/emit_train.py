"""The sections `train`, `evaluate` and `main`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codegen import spelling
from codegen.emit_callbacks import emit_callbacks, emit_own_imports, emit_rate
from codegen.emit_compile import compiled
from codegen.emit_weights import (
    emit_weighted_batches,
    emit_weights_of_labels,
    is_weighted,
)
from codegen.source import Group, statement
from graph.binding import recorded

if TYPE_CHECKING:
    from codegen.source import Writer
    from graph.binding import Bindings
    from graph.inference import Report
    from graph.project import Checkpoint, Project

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

# where samples are read from files on the way
_EVALUATE_FILES = '''\
def evaluate(model, data):
    """Return the loss and the metrics on the test data, by name."""
    return model.evaluate(ordered_batches(*data["test"]), return_dict=True, verbose=0)'''
_STREAMED = (
    'data["validation"],\n    validation_batch_size=BATCH_SIZE,',
    'ordered_batches(*data["validation"]),',
)

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
    """Write the function that trains the model, and before it those that it asks."""
    if emit_weights_of_labels(writer, project, bound):
        writer.add("\n")
    if emit_rate(writer, project):
        writer.add("\n")
    writer.add("def train(model, data, callbacks=(), initial_epoch=0):")
    writer.add('"""Compile the model, train it and return the history."""', indent=4)
    emit_own_imports(writer, project)
    writer.add(statement("", compiled(project, report, bound)), indent=4)
    writer.add('epoch = tf.Variable(initial_epoch, dtype="int64")', indent=4)
    follow = "on_epoch_begin=lambda number, logs: epoch.assign(number)"
    writer.add(statement("follow = ", Group("keras.callbacks.LambdaCallback", (follow,))), indent=4)
    callbacks = emit_callbacks(writer, project, bound)
    weighted = is_weighted(project, bound)
    if weighted:
        emit_weighted_batches(writer, project, bound)
    validated = project.training.validation != "none"
    fit = _fit(callbacks, validated=validated, weighted=weighted)
    writer.add(fit.replace(*_STREAMED) if bound.streams else fit, indent=4)
    checkpoint = project.training.checkpoint
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


def emit_evaluate(writer: Writer, bound: Bindings) -> None:
    """Write the function that evaluates the model."""
    writer.add(_EVALUATE_FILES if bound.streams else _EVALUATE)


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
    if training.mixed_precision:
        writer.add("\n# layers compute with 16 bits, and keep their weights with 32")
        writer.add('keras.config.set_dtype_policy("mixed_float16")')


def _fit(callbacks: str, *, validated: bool, weighted: bool) -> str:
    validation = '    validation_data=data["validation"],\n    validation_batch_size=BATCH_SIZE,\n'
    batches = "batches" if weighted else 'shuffled_batches(*data["train"], epoch)'
    return (
        "history = model.fit(\n"
        f"    {batches},\n"
        f"{validation if validated else ''}"
        "    epochs=EPOCHS,\n"
        "    initial_epoch=initial_epoch,\n"
        f"    callbacks=[{callbacks}],\n"
        "    shuffle=False,  # the batches are in a new order already\n"
        "    verbose=2,\n"
        ")"
    )


def _pattern(filepath: str) -> str:
    """Return the pattern that finds what a checkpoint wrote: `model-*.weights.h5`."""
    literal = re.sub(r"([*?\[])", r"[\1]", filepath)
    return re.sub(r"\{[^{}]*\}", "*", literal)
