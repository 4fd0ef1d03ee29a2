"""The section `confusion_matrix`: which classes of the test data are taken for which.

Source: https://www.tensorflow.org/api_docs/python/tf/math/confusion_matrix.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen import spelling
from codegen.source import Group, statement

if TYPE_CHECKING:
    from codegen.source import Writer
    from graph.binding import Bindings

_SCRIPT = """\
matrix = confusion_matrix(model, data)
print(matrix)
right = np.diag(matrix)
precision = right / np.maximum(matrix.sum(axis=0), 1)
recall = right / np.maximum(matrix.sum(axis=1), 1)
for label in range(len(matrix)):
    print(label, f"precision {precision[label]:.3f} recall {recall[label]:.3f}")"""


def emit_confusion(writer: Writer, bound: Bindings, number: int) -> None:
    """Write the function that counts, for the model's ``number``-th output, which has classes."""
    one = bound.outputs[number]
    units = one.spec.shape[-1] if one.spec is not None else None
    several = f"[{number}]" if len(bound.outputs) > 1 else ""
    one_hot = any(step.kind == "one-hot" for step in one.steps or ())
    units_of = f"predicted{several}"
    found = f"{units_of}.argmax(axis=1)"
    if units == 1:
        found = f'({units_of}[:, 0] > 0.5).astype("int32")'
    truth = f"targets{several}" + (".argmax(axis=1)" if one_hot else "")
    given: tuple[str, ...] = ("inputs", "batch_size=BATCH_SIZE", "verbose=0")
    if bound.streams:
        given = ("ordered_batches(inputs, targets)", "verbose=0")
    classes = 2 if units == 1 else units
    writer.add("def confusion_matrix(model, data):", one.port.node)
    doc = '"""Return how often each true label (row) is taken for each label (column)."""'
    for line in (
        doc,
        'inputs, targets = data["test"]',
        statement("predicted = ", Group("model.predict", given)),
        f"labels = {found}",
        f"counts = tf.math.confusion_matrix({truth}, labels, num_classes={classes})",
        "return counts.numpy()",
    ):
        writer.add(line, one.port.node, indent=4)


def emit_confusion_script(writer: Writer, weights: str) -> None:
    """Write what prints the matrix and each class's figures when the listing is run."""
    writer.add('if __name__ == "__main__":')
    writer.add('data = load_data(Path(__file__).parent / "data")', indent=4)
    writer.add("model = build_model()", indent=4)
    load = Group("model.load_weights", (spelling.text(weights),))
    writer.add(statement("", load), indent=4)
    writer.add(_SCRIPT, indent=4)
