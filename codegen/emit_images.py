"""What a program needs whose images stay in their files until they are trained on.

Sources: https://www.tensorflow.org/api_docs/python/tf/io/decode_image,
https://www.tensorflow.org/guide/data_performance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.emit_transforms import transformed
from codegen.source import Group, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codegen.source import Expression, Writer
    from graph.columns import Bound, Step

_IMAGES = '''\
class Images:
    """Images that stay in their files: only those that are asked for are read."""

    def __init__(self, files, read):
        self.files = tf.constant(files, dtype=tf.string)
        self.read = read

    def __len__(self):
        return len(self.files)

    def __getitem__(self, rows):
        return self.take(np.arange(len(self))[rows]).numpy()

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self[:], dtype)

    def take(self, rows):
        """Return the images of these rows as a tensor."""
        return self.read(tf.gather(self.files, rows))


def stored(inputs, targets):
    """Return the data with all but the images as tensors in the computer's memory."""

    def tensor_of(values):
        return values if isinstance(values, Images) else tf.constant(values)

    with tf.device("CPU"):
        return tf.nest.map_structure(tensor_of, (inputs, targets))


def gather(data, rows):
    """Return these rows of the data; images are read from their files."""

    def rows_of(values):
        if isinstance(values, Images):
            return values.take(rows)
        return tf.gather(values, rows)

    return tf.nest.map_structure(rows_of, data)


def ordered_batches(inputs, targets):
    """Return batches in the order of the data, made one by one while they are used."""
    data = stored(inputs, targets)
    count = len(tf.nest.flatten(inputs)[0])

    def batch(start):
        return gather(data, tf.range(start, tf.minimum(start + BATCH_SIZE, count)))

    starts = tf.data.Dataset.range(0, count, BATCH_SIZE)
    return starts.map(batch, num_parallel_calls=tf.data.AUTOTUNE).prefetch(2)'''


_MEASURED = '''\
def mean_and_std(images):
    """Return mean and standard deviation of images in files, a batch in memory at a time."""
    count = total = squares = 0
    for batch, _ in ordered_batches(images, ()):
        values = batch.numpy().astype("float64")
        count += values.size
        total += values.sum()
        squares += np.square(values).sum()
    mean = total / count
    std = np.sqrt(max(squares / count - mean**2, 0))
    return np.float32(mean), np.float32(max(std, 1e-7))'''


_NOISE = '''\
def noise_of(files, shape):
    """Return Gaussian noise for the images in these files, decided by seed and content.

    So an image has its own, the same in each epoch and in every batch.
    """

    def noise(file):
        mark = tf.strings.to_hash_bucket_fast(tf.io.read_file(file), 2**31 - 1)
        return tf.random.stateless_normal(shape, (SEED, mark))

    return tf.map_fn(noise, files, fn_output_signature=tf.float32)'''


def emit_images(writer: Writer, bounds: Sequence[Bound]) -> None:
    """Write the class of images in files, and what those that are read from them need."""
    kinds = {step.kind for one in bounds if one.is_streamed for step in one.steps or ()}
    texts = [_IMAGES]
    texts += [_MEASURED] if "standardise" in kinds else []
    texts += [_NOISE] if "noise" in kinds else []
    writer.add("\n\n\n".join(texts))


def images_in(files: str, name: str, *, standardised: bool) -> Expression:
    """Return the expression for the images of a part that `read_NAME` reads."""
    read = f"read_{name}"
    if standardised:
        read = f"lambda files: {read}(files, {name}_mean, {name}_std)"
    return Group("Images", (files, read))


def is_standardised(one: Bound) -> bool:
    """Say whether mean and standard deviation of the training part are needed."""
    return any(step.kind == "standardise" for step in one.steps or ())


def emit_reader(writer: Writer, one: Bound, name: str, *, mixed: bool) -> None:
    """Write the function `read_NAME`: from the names of files to what the model takes.

    `mixed`: some files are of a kind that TensorFlow decodes in colour only.
    """
    node = one.port.node
    steps = one.steps or ()
    size = steps[0].shape
    grey_later = mixed and size[2] == 1
    channels = 3 if grey_later else size[2]

    def add(text: str, indent: int) -> None:
        writer.add(text, node, indent=indent)

    given = ", mean=None, std=None" if is_standardised(one) else ""
    add(f"def read_{name}(files{given}):", 0)
    add(f'"""Return the images in these files as {name} takes them."""', 4)
    add("", 0)
    add("def image(file):", 4)
    options = f"channels={channels}, expand_animations=False"
    add("data = tf.io.read_file(file)", 8)
    add(f"pixels = tf.io.decode_image(data, {options})", 8)
    if grey_later:
        add("pixels = tf.image.rgb_to_grayscale(pixels)", 8)
    add(f"return tf.image.resize(pixels, {tuple(size[:2])}, antialias=True)", 8)
    add("", 0)
    add("images = tf.map_fn(image, files, fn_output_signature=tf.float32)", 4)
    _emit_steps(writer, node, steps)


def _emit_steps(writer: Writer, node: str, steps: Sequence[Step]) -> None:
    """Write what is done to a batch of images after reading, and its return."""
    shape = steps[0].shape
    ends = []
    for step in steps[1:]:
        if step.kind == "standardise":
            writer.add("if mean is None:  # it is measured on what is read so far", node, indent=4)
            writer.add("return images", node, indent=8)
        if step.named is not None:
            made = transformed("images", "images", step, shape, tensors=True)
            writer.add(statement("images = ", *made), node, indent=4)
        elif step.kind == "scale":
            ends.append("images / 255")
        elif step.kind == "reshape":
            ends.append(f"tf.reshape(images, {(-1, *step.shape)})")
        shape = step.shape or shape
    for end in ends[:-1]:
        writer.add(f"images = {end}", node, indent=4)
    writer.add(f"return {ends[-1] if ends else 'images'}", node, indent=4)
