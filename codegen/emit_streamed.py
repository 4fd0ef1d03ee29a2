"""What a program needs whose images or rows stay in their files until they are trained on.

Sources: https://www.tensorflow.org/api_docs/python/tf/io/decode_image,
https://www.tensorflow.org/guide/data_performance,
https://www.tensorflow.org/api_docs/python/tf/numpy_function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codegen.emit_transforms import transformed
from codegen.source import Group, statement
from graph.datavalues import MAPPED

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

    def take(self, rows):
        """Return the images of these rows as a tensor."""
        return self.read(tf.gather(self.files, rows))

    def __len__(self):
        return len(self.files)'''


_ROWS = '''\
class Rows:
    """Rows of an array that stays in its file: only those that are asked for are read."""

    def __init__(self, path, chosen=None):
        self.path = path
        array = np.load(path, mmap_mode="r")
        self.chosen = np.arange(len(array)) if chosen is None else chosen
        self.shape, self.dtype = array.shape[1:], array.dtype

    def take(self, rows):
        """Return these rows as a tensor."""

        def read(rows):
            # opened anew each time, so that what was read leaves the memory again
            return np.load(self.path, mmap_mode="r")[self.chosen[rows]]

        found = tf.numpy_function(read, [rows], self.dtype, stateful=False)
        return tf.ensure_shape(found, (None, *self.shape))

    def __len__(self):
        return len(self.chosen)

    def __getitem__(self, rows):
        return Rows(self.path, self.chosen[rows])


class Prepared:
    """Rows of an array in a file as the model takes them, read when they are asked for."""

    def __init__(self, rows, read):
        self.rows = rows
        self.read = read

    def take(self, rows):
        """Return these rows as a tensor."""
        return self.read(self.rows.take(rows))

    def __len__(self):
        return len(self.rows)'''


_GATHERED = '''
    def __getitem__(self, rows):
        return self.take(np.arange(len(self))[rows]).numpy()

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self[:], dtype)


def stored(inputs, targets):
    """Return the data with all but what is in files as tensors in the computer's memory."""

    def tensor_of(values):
        return values if isinstance(values, CLASS) else tf.constant(values)

    with tf.device("CPU"):
        return tf.nest.map_structure(tensor_of, (inputs, targets))


def gather(data, rows):
    """Return these rows of the data; what is in files is read from there."""

    def rows_of(values):
        if isinstance(values, CLASS):
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
def mean_and_std(values, axis=None):
    """Return mean and standard deviation of what is in files, a batch in memory at a time."""
    count = total = squares = 0
    for part, _ in ordered_batches(values, ()):
        batch = part.numpy().astype("float64")
        count += batch.size if axis is None else len(batch)
        total += batch.sum(axis)
        squares += np.square(batch).sum(axis)
    mean = total / count
    std = np.sqrt(np.maximum(squares / count - mean**2, 0))
    return np.float32(mean), np.float32(np.maximum(std, 1e-7))'''


_NOISE = '''\
def noise_of(samples, shape):
    """Return Gaussian noise for these samples, decided by seed and content.

    So a sample has its own, the same in each epoch and in every batch.
    """

    def noise(sample):
        mark = tf.strings.to_hash_bucket_fast(CONTENT, 2**31 - 1)
        return tf.random.stateless_normal(shape, (SEED, mark))

    return tf.map_fn(noise, samples, fn_output_signature=tf.float32)'''


def emit_streamed(writer: Writer, bounds: Sequence[Bound]) -> None:
    """Write the class of what is in files, and what that which is read from them needs."""
    streamed = [one for one in bounds if one.is_streamed]
    kinds = {step.kind for one in streamed for step in one.steps or ()}
    in_arrays = any(map(_is_mapped, streamed))  # then all are: images in files are another source
    words = {"CLASS": "Prepared" if in_arrays else "Images"}
    words["CONTENT"] = f"tf.io.{'serialize_tensor' if in_arrays else 'read_file'}(sample)"
    texts = [(_ROWS if in_arrays else _IMAGES) + "\n" + _GATHERED]
    texts += [_MEASURED] if "standardise" in kinds else []
    texts += [_NOISE] if "noise" in kinds else []
    text = "\n\n\n".join(texts)
    for word, meant in words.items():
        text = text.replace(word, meant)
    writer.add(text)


def _is_mapped(one: Bound) -> bool:
    return one.column is not None and one.column.stored == MAPPED


def read_from_files(one: Bound, array: str, name: str, *, standardised: bool) -> Expression:
    """Return the expression for the samples of a part that `read_NAME` reads.

    `array`: the variable of their files, or of the rows in one.
    """
    read, given = f"read_{name}", "rows" if _is_mapped(one) else "files"
    if standardised:
        read = f"lambda {given}: {read}({given}, {name}_mean, {name}_std)"
    return Group("Prepared" if _is_mapped(one) else "Images", (array, read))


def is_standardised(one: Bound) -> bool:
    """Say whether mean and standard deviation of the training part are needed."""
    return any(step.kind == "standardise" for step in one.steps or ())


def emit_reader(writer: Writer, one: Bound, name: str, *, mixed: bool) -> None:
    """Write the function `read_NAME`: from names of files, or rows, to what the model takes.

    `mixed`: some files are of a kind that TensorFlow decodes in colour only.
    """
    if _is_mapped(one):
        _emit_row_reader(writer, one, name)
        return
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
    _emit_steps(writer, node, _Batch("images", size, "float32", "files"), steps[1:])


def _emit_row_reader(writer: Writer, one: Bound, name: str) -> None:
    node, steps = one.port.node, one.steps or ()
    assert one.column is not None  # noqa: S101 - it is mapped
    given = ", mean=None, std=None" if is_standardised(one) else ""
    writer.add(f"def read_{name}(rows{given}):", node)
    writer.add(f'"""Return rows as {name} takes them."""', node, indent=4)
    _emit_steps(writer, node, _Batch("rows", one.column.shape, one.column.dtype, "rows"), steps)


_OF_FLOATS = {"cast", "noise", "scale", "standardise"}


class _Batch(NamedTuple):
    """The variable of a batch, shape and dtype of its samples, and what tells these apart."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    apart_by: str


def _emit_steps(writer: Writer, node: str, batch: _Batch, steps: Sequence[Step]) -> None:
    """Write what is done to a batch after reading, and its return."""
    name, shape, dtype, apart_by = batch
    ends = []
    for step in steps:
        if step.kind in _OF_FLOATS and dtype != "float32":
            writer.add(f"{name} = tf.cast({name}, tf.float32)", node, indent=4)
        if step.kind in {*_OF_FLOATS, "resize"}:
            dtype = "float32"
        if step.kind == "standardise":
            writer.add("if mean is None:  # it is measured on what is read so far", node, indent=4)
            writer.add(f"return {name}", node, indent=8)
        if step.named is not None:
            made = transformed(name, name, step, shape, apart_by=apart_by)
            writer.add(statement(f"{name} = ", *made), node, indent=4)
        elif step.kind == "scale":
            ends.append(f"{name} / 255")
        elif step.kind == "reshape":
            ends.append(f"tf.reshape({name}, {(-1, *step.shape)})")
        shape = step.shape or shape
    for end in ends[:-1]:
        writer.add(f"{name} = {end}", node, indent=4)
    writer.add(f"return {ends[-1] if ends else name}", node, indent=4)
