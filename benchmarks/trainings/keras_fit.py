"""A small network of dense layers in Keras, fitted in batches."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np

import torch

BEAT = "torch.nn:Module.zero_grad"


def train(size: int = 1) -> bytes:
    torch.set_num_threads(1)
    keras.utils.set_random_seed(7)
    rng = np.random.default_rng(7)
    x = rng.normal(size=(2000, 20)).astype("float32")
    y = (x[:, :5].sum(axis=1) > 0).astype("float32")
    model = keras.Sequential(
        [
            keras.layers.Input((20,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=4 * size, batch_size=64, validation_split=0.2, verbose=0)
    model.evaluate(x, y, verbose=0)
    return b"".join(each.tobytes() for each in model.get_weights())


if __name__ == "__main__":
    print(len(train()))
