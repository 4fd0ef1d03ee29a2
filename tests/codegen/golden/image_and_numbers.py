import glob
import os
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

SEED = 1
BATCH_SIZE = 128
EPOCHS = 10
VALIDATION_SPLIT = 0.1


def load_data(folder="data"):
    """Return the parts of the data, each as (inputs, targets)."""
    path = Path(folder) / "fashion_mnist_sample.npz"
    if not path.exists():
        raise FileNotFoundError(f"Put the file {path.name} into the folder {folder}.")
    with np.load(path) as file:
        x_train = file["x_train"]
        y_train = file["y_train"]
        x_test = file["x_test"]
        y_test = file["y_test"]
    kept = int(len(x_train) * (1 - VALIDATION_SPLIT))
    return {
        "train": prepare(x_train[:kept], y_train[:kept]),
        "validation": prepare(x_train[kept:], y_train[kept:]),
        "test": prepare(x_test, y_test),
    }


def prepare(x, y):
    """Return one part of the data as the model takes it: (inputs, targets)."""
    visible1 = x.reshape(-1, 28, 28, 1).astype("float32") / 255
    visible2 = measures(x)
    output = y.astype("int32")
    return (visible1, visible2), output


def measures(images):
    """Return five numbers from 0 to 1 for each image, as an array.

    They are brightness, contrast, the share of its columns and of its rows that aren't
    dark, and how far its left half is like its right one.
    """
    images = images.reshape(len(images), *images.shape[1:3], -1).mean(axis=3) / 255
    numbers = [
        images.mean(axis=(1, 2)),
        images.std(axis=(1, 2)),
        (images.max(axis=1) > 0.1).mean(axis=1),
        (images.max(axis=2) > 0.1).mean(axis=1),
        1 - abs(images - images[:, :, ::-1]).mean(axis=(1, 2)),
    ]
    return np.stack(numbers, axis=1).astype("float32")


def build_model():
    """Return the model, not yet compiled."""
    visible1 = keras.Input((28, 28, 1), name="visible1")
    conv1 = layers.Conv2D(32, 3, activation="relu", name="conv1")(visible1)
    pool1 = layers.MaxPooling2D(name="pool1")(conv1)
    flat1 = layers.Flatten(name="flat1")(pool1)
    visible2 = keras.Input((5,), name="visible2")
    hidden1 = layers.Dense(32, activation="relu", name="hidden1")(visible2)
    merge = layers.Concatenate(name="merge")([flat1, hidden1])
    hidden2 = layers.Dense(100, activation="relu", name="hidden2")(merge)
    output = layers.Dense(10, activation="softmax", name="output")(hidden2)
    return keras.Model(inputs=[visible1, visible2], outputs=output)


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
    return batches.apply(tf.data.experimental.assert_cardinality(steps)).prefetch(2)


def train(model, data, callbacks=(), initial_epoch=0):
    """Compile the model, train it and return the history."""
    model.compile(
        optimizer=keras.optimizers.RMSprop(),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=14,
    )
    epoch = tf.Variable(initial_epoch, dtype="int64")
    follow = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda number, logs: epoch.assign(number),
    )
    checkpoint = keras.callbacks.ModelCheckpoint(
        "model-{epoch:03d}.weights.h5",
        monitor="val_accuracy",
        save_best_only=True,
        save_weights_only=True,
    )
    history = model.fit(
        shuffled_batches(*data["train"], epoch),
        validation_data=data["validation"],
        validation_batch_size=BATCH_SIZE,
        epochs=EPOCHS,
        initial_epoch=initial_epoch,
        callbacks=[follow, checkpoint, *callbacks],
        shuffle=False,  # the batches are in a new order already
        verbose=2,
    )
    # the file written last holds the best weights
    saved = glob.glob("model-*.weights.h5")
    if saved:
        model.load_weights(max(saved, key=os.path.getmtime))
    return history


def evaluate(model, data):
    """Return the loss and the metrics on the test data, by name."""
    inputs, targets = data["test"]
    return model.evaluate(
        inputs,
        targets,
        batch_size=BATCH_SIZE,
        return_dict=True,
        verbose=0,
    )


def main(folder="data", callbacks=()):
    """Train the model and evaluate it; return model, history and scores."""
    keras.utils.set_random_seed(SEED)
    data = load_data(folder)
    model = build_model()
    model.summary()
    history = train(model, data, callbacks)
    scores = evaluate(model, data)
    return model, history, scores


if __name__ == "__main__":
    model, history, scores = main(Path(__file__).parent / "data")
    for name, score in scores.items():
        print(f"test {name}: {score:.4f}")
