import glob
import os
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

SEED = 1
BATCH_SIZE = 128
EPOCHS = 25
VALIDATION_SPLIT = 0.1


def load_data(folder="data"):
    """Return the parts of the data, each as (inputs, targets)."""
    path = Path(folder) / "cifar10.npz"
    if path.exists():
        with np.load(path) as file:
            x_train = file["x_train"]
            y_train = file["y_train"]
            x_test = file["x_test"]
            y_test = file["y_test"]
    else:
        try:
            (x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
        except Exception as error:
            raise FileNotFoundError(
                f"{path.name} can't be downloaded. Put it into the folder {folder}, "
                "or run this with a network: "
                "python -c 'import keras; keras.datasets.cifar10.load_data()'"
            ) from error
    kept = int(len(x_train) * (1 - VALIDATION_SPLIT))
    return {
        "train": prepare(x_train[:kept], y_train[:kept]),
        "validation": prepare(x_train[kept:], y_train[kept:]),
        "test": prepare(x_test, y_test),
    }


def prepare(x, y):
    """Return one part of the data as the model takes it: (inputs, targets)."""
    y = y.reshape(-1)
    visible = x.astype("float32") / 255
    output = y.astype("int32")
    return visible, output


def build_model():
    """Return the model, not yet compiled."""
    visible = keras.Input((32, 32, 3), name="visible")
    conv1 = layers.Conv2D(
        32,
        3,
        padding="same",
        activation="relu",
        name="conv1",
    )(visible)
    norm1 = layers.BatchNormalization(name="norm1")(conv1)
    pool1 = layers.MaxPooling2D(name="pool1")(norm1)
    conv2 = layers.Conv2D(64, 3, padding="same", activation="relu", name="conv2")(pool1)
    norm2 = layers.BatchNormalization(name="norm2")(conv2)
    conv3 = layers.Conv2D(64, 3, padding="same", activation="relu", name="conv3")(norm2)
    norm3 = layers.BatchNormalization(name="norm3")(conv3)
    pool2 = layers.MaxPooling2D(name="pool2")(norm3)
    drop1 = layers.Dropout(0.2, name="drop1")(pool2)
    conv4 = layers.Conv2D(
        128,
        3,
        padding="same",
        activation="relu",
        name="conv4",
    )(drop1)
    norm4 = layers.BatchNormalization(name="norm4")(conv4)
    conv5 = layers.Conv2D(
        128,
        3,
        padding="same",
        activation="relu",
        name="conv5",
    )(norm4)
    norm5 = layers.BatchNormalization(name="norm5")(conv5)
    pool3 = layers.MaxPooling2D(name="pool3")(norm5)
    drop2 = layers.Dropout(0.3, name="drop2")(pool3)
    flat1 = layers.Flatten(name="flat1")(drop2)
    hidden1 = layers.Dense(128, activation="relu", name="hidden1")(flat1)
    drop3 = layers.Dropout(0.4, name="drop3")(hidden1)
    output = layers.Dense(10, activation="softmax", name="output")(drop3)
    return keras.Model(inputs=visible, outputs=output)


def augment(images, seed):
    """Return a batch of images (pixels from 0 to 1), each varied at random.

    The seed, two whole numbers, decides how: the same one gives the same images.
    """
    count = tf.shape(images)[0]
    height, width = images.shape[1:3]
    # numbers from -1 to 1 for each image
    draws = tf.random.stateless_uniform([3, count], seed, -1, 1)
    mirror, right, down = tf.unstack(draws)
    # where each pixel comes from, seen from the middle: (xx x + xy y, yx x + yy y)
    size = tf.ones([count])
    xx, xy = size, tf.zeros([count])
    yx, yy = tf.zeros([count]), size
    side = tf.where(mirror < 0, -1.0, 1.0)
    xx, yx = side * xx, side * yx
    x, y = (width - 1) / 2, (height - 1) / 2
    left = x - xx * x - xy * y + 0.1 * width * right
    top = y - yx * x - yy * y + 0.1 * height * down
    zero = tf.zeros([count])
    images = tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([xx, xy, left, yx, yy, top, zero, zero], axis=1),
        output_shape=[height, width],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )
    return images


def shuffled_batches(inputs, targets, epoch):
    """Return the batches of one epoch, in an order made of the seed and the epoch alone.

    So every epoch has an order of its own, and training that goes on after an
    interruption sees the very batches that it would have seen without.
    """
    with tf.device("CPU"):
        data = tf.nest.map_structure(tf.constant, (inputs, targets))
    count = len(tf.nest.flatten(inputs)[0])

    def one_epoch(_):
        seed = tf.stack([tf.constant(SEED, tf.int64), epoch])
        order = tf.random.experimental.stateless_shuffle(tf.range(count), seed=seed)

        def batch(start):
            rows = order[start : start + BATCH_SIZE]
            inputs, targets = tf.nest.map_structure(
                lambda values: tf.gather(values, rows), data
            )
            own_seed = tf.random.fold_in(seed, start)
            return augment(inputs, own_seed), targets

        batches = tf.data.Dataset.range(0, count, BATCH_SIZE)
        return batches.map(batch, num_parallel_calls=tf.data.AUTOTUNE)

    batches = tf.data.Dataset.from_tensors(0).flat_map(one_epoch)
    steps = -(-count // BATCH_SIZE)
    return batches.apply(tf.data.experimental.assert_cardinality(steps)).prefetch(2)


def train(model, data, callbacks=(), initial_epoch=0):
    """Compile the model, train it and return the history."""
    model.compile(
        optimizer=keras.optimizers.Adam(),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
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
    planned = [keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=3)]
    history = model.fit(
        shuffled_batches(*data["train"], epoch),
        validation_data=data["validation"],
        validation_batch_size=BATCH_SIZE,
        epochs=EPOCHS,
        initial_epoch=initial_epoch,
        callbacks=[follow, checkpoint, *planned, *callbacks],
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
