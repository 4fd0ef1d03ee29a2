"""The section `shuffled_batches`: the training data in an order that a restart can repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codegen.source import Writer

_SHUFFLED = '''\
def shuffled_batches(inputs, targets, epoch):
    """Return the batches of one epoch, in an order made of the seed and the epoch alone.

    So every epoch has an order of its own, and training that goes on after an
    interruption sees the very batches that it would have seen without.
    """
    with tf.device("CPU"):
        data = tf.nest.map_structure(tf.constant, (inputs, targets))
    count = len(tf.nest.flatten(inputs)[0])

    def one_epoch(_):
        order = tf.random.experimental.stateless_shuffle(
            tf.range(count), seed=tf.stack([tf.constant(SEED, tf.int64), epoch])
        )

        def batch(start):
            rows = order[start : start + BATCH_SIZE]
            return tf.nest.map_structure(lambda values: tf.gather(values, rows), data)

        return tf.data.Dataset.range(0, count, BATCH_SIZE).map(batch)

    batches = tf.data.Dataset.from_tensors(0).flat_map(one_epoch)
    steps = -(-count // BATCH_SIZE)
    return batches.apply(tf.data.experimental.assert_cardinality(steps)).prefetch(2)'''


def emit_batches(writer: Writer) -> None:
    """Write the function that shuffles the training data anew for each epoch."""
    writer.add(_SHUFFLED)
