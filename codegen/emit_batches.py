"""The section `shuffled_batches`: the training data in an order that a restart can repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen import emit_augment
from graph.views import mixes, varies

if TYPE_CHECKING:
    from codegen.source import Writer
    from graph.columns import Bindings
    from graph.project import Project

_BEGIN = '''\
def shuffled_batches(inputs, targets, epoch):
    """Return the batches of one epoch, in an order made of the seed and the epoch alone.

    So every epoch has an order of its own, and training that goes on after an
    interruption sees the very batches that it would have seen without.
    """'''

_CONSTANTS = """
    with tf.device("CPU"):
        data = tf.nest.map_structure(tf.constant, (inputs, targets))
    count = len(tf.nest.flatten(inputs)[0])

    def one_epoch(_):"""

_SHUFFLED = """
        order = tf.random.experimental.stateless_shuffle(
            tf.range(count), seed=tf.stack([tf.constant(SEED, tf.int64), epoch])
        )

        def batch(start):
            rows = order[start : start + BATCH_SIZE]
            return tf.nest.map_structure(lambda values: tf.gather(values, rows), data)

        return tf.data.Dataset.range(0, count, BATCH_SIZE).map(batch)"""

_VARIED = """
        seed = tf.stack([tf.constant(SEED, tf.int64), epoch])
        order = tf.random.experimental.stateless_shuffle(tf.range(count), seed=seed)

        def batch(start):
            rows = order[start : start + BATCH_SIZE]
            inputs, targets = tf.nest.map_structure(
                lambda values: tf.gather(values, rows), data
            )
            own_seed = tf.random.fold_in(seed, start)
            RETURN

        batches = tf.data.Dataset.range(0, count, BATCH_SIZE)
        return batches.map(batch, num_parallel_calls=tf.data.AUTOTUNE)"""

_END = """

    batches = tf.data.Dataset.from_tensors(0).flat_map(one_epoch)
    steps = -(-count // BATCH_SIZE)
    return batches.apply(tf.data.experimental.assert_cardinality(steps)).prefetch(2)"""


# where samples are read from files, with the functions of `codegen.emit_streamed`
_STREAMED = (
    (
        """    with tf.device("CPU"):
        data = tf.nest.map_structure(tf.constant, (inputs, targets))
""",
        "    data = stored(inputs, targets)\n",
    ),
    ("tf.nest.map_structure(lambda values: tf.gather(values, rows), data)", "gather(data, rows)"),
    (
        """tf.nest.map_structure(
                lambda values: tf.gather(values, rows), data
            )""",
        "gather(data, rows)",
    ),
    (
        "        return tf.data.Dataset.range(0, count, BATCH_SIZE).map(batch)",
        """        batches = tf.data.Dataset.range(0, count, BATCH_SIZE)
        return batches.map(batch, num_parallel_calls=tf.data.AUTOTUNE)""",
    ),
)


def emit_batches(writer: Writer, project: Project, bound: Bindings) -> None:
    """Write the function that shuffles the training data anew for each epoch, and varies it."""
    augmentation = project.training.augmentation
    images = varies(augmentation, bound)
    first = (
        "\n    inputs, targets = enlarged(inputs, targets)"
        if augmentation.how == "pre" and images
        else ""
    )
    body = _SHUFFLED
    if mixes(augmentation) or (images and augmentation.how == "online"):
        body = _VARIED.replace("RETURN", _varied(project, bound))
    text = _BEGIN + first + _CONSTANTS + body + _END
    if bound.streams:
        for plain, streamed in _STREAMED:
            text = text.replace(plain, streamed)
    writer.add(text)


def _varied(project: Project, bound: Bindings) -> str:
    """Return the lines that vary a batch."""
    augmentation = project.training.augmentation
    online = augmentation.how == "online" and varies(augmentation, bound)
    called = emit_augment.call(bound, "own_seed")
    if not mixes(augmentation):
        return f"return {called}"
    lines = ["return mix_up(inputs, targets, own_seed)"]
    if online:
        plain = emit_augment.is_plain(bound)
        called = "inputs = augment(inputs, own_seed)" if plain else f"inputs, targets = {called}"
        lines.insert(0, called)
    return ("\n" + " " * 12).join(lines)
