"""A small program in the form in which Layerloom emits them; the tests run its text."""

# an emitted program carries no types, and this one prints
# ruff: noqa: ANN001, ANN201, T201

import keras
import numpy as np
import tensorflow as tf

SEED = 7
EPOCHS = 3
BATCH_SIZE = 32


def load_data(folder="data"):
    """Read the columns of the data set."""
    with np.load(f"{folder}/blobs.npz") as file:
        return {name: file[name] for name in file.files}


def build_model():
    """Build the network as it is drawn."""
    visible = keras.Input(shape=(8, 8, 1), name="visible")
    conv1 = keras.layers.Conv2D(4, 3, activation="relu", name="conv1")(visible)
    flat1 = keras.layers.Flatten(name="flat1")(conv1)
    hidden1 = keras.layers.Dense(16, activation="relu", name="hidden1")(flat1)
    output = keras.layers.Dense(3, activation="softmax", name="output")(hidden1)
    return keras.Model(inputs=visible, outputs=output, name="mlp")


def batches(x, y):
    """Return shuffled batches, in an order of its own for each epoch."""
    data = tf.data.Dataset.from_tensor_slices((x, y))
    return data.shuffle(len(x), seed=SEED).batch(BATCH_SIZE).prefetch(2)


def train(model, data, callbacks=(), initial_epoch=0):
    """Compile and fit."""
    model.compile(
        optimizer="rmsprop",
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=4,
    )
    checkpoint = keras.callbacks.ModelCheckpoint(
        "best.weights.h5", monitor="val_accuracy", save_best_only=True, save_weights_only=True
    )
    return model.fit(
        batches(data["x_train"], data["y_train"]),
        epochs=EPOCHS,
        initial_epoch=initial_epoch,
        validation_data=(data["x_test"], data["y_test"]),
        validation_batch_size=BATCH_SIZE,
        callbacks=[checkpoint, *callbacks],
        verbose=2,
    )


def evaluate(model, data):
    """Return loss and metrics on the test set."""
    return model.evaluate(data["x_test"], data["y_test"], return_dict=True, verbose=0)


def main(folder="data", callbacks=()):
    """Train and evaluate."""
    keras.utils.set_random_seed(SEED)
    data = load_data(folder)
    model = build_model()
    history = train(model, data, callbacks)
    scores = evaluate(model, data)
    print("scores", sorted(scores))
    return model, history, scores


if __name__ == "__main__":
    main()
