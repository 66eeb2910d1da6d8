"""What a page holds of models and digits, as JSON can hold it."""

import zipfile
from math import prod

import numpy as np

from page.networks import (
    bits_of,
    describe_decoder,
    describe_encoder,
    has_graph,
    input_shape,
    without_noise,
)
from page.numbers import as_text, integers, rounded

# With more weights than these, each is stored in 16 bits instead of 32, so
# that a page stays below 3 MB.
MOST_WEIGHTS_IN_32_BITS = 500_000
# The digits that a page holds.
DIGITS = 100


def choose(digits, labels, count):
    """Choose test digits of all labels.

    Args:
        digits: Array of n x 784 values in [0, 1], of any shape.
        labels: Array `(n,)` of integers.
        count: Integer, how many to choose, or n if that is less.

    Returns:
        The digits, an array `(count, 784)` of bytes, and their labels
        `(count,)`: the first digit of each label, then the second, ...
    """
    labels = np.asarray(labels)
    rank = np.zeros(len(labels), int)  # among the digits of its label
    for label in np.unique(labels):
        rank[labels == label] = range(np.sum(labels == label))
    chosen = np.lexsort((labels, rank))[:count]
    pixels = np.reshape(digits, (len(labels), 784))[chosen]
    return np.rint(pixels * 255).astype('uint8'), labels[chosen]


def hold(x_test, labels):
    """Return the digits that a page holds, and their labels, for its script.

    Args:
        x_test: Array of n x 784 values in [0, 1], of any shape.
        labels: Array `(n,)` of integers.
    """
    digits, labels = choose(x_test, labels, DIGITS)
    return {'digits': as_text(digits, 'uint8'), 'labels': labels.tolist()}


def describe(
    title, encoder, decoder, x_test, labels, unfolding=None, bits=None
):
    """Describe a model for the script of a page.

    Where the script cannot compute a part of the model, it has what Keras
    computes of the digits that the page holds.

    Args:
        title: String.
        encoder: Keras model that maps digits to codes, or to codes, their
            means and their log variances.
        decoder: Keras model that maps codes to reconstructions.
        x_test: Array of n x 784 values in [0, 1], of any shape.
        labels: Array `(n,)` of the digits' labels, integers.
        unfolding: `Path` of what a `Recorder` has written of its training. If
            there is no such file, a page does without it.
        bits: Integer, the bits of a weight of a large kernel: 8, 16 or 32.
            By default 32, or 16 for a large model.

    Returns:
        A dictionary.

    Raises:
        ValueError: If the models are not for digits of 28 x 28.
    """
    shape = input_shape(encoder, x_test)
    if prod(shape) != 784:
        raise ValueError(
            'a page is for inputs and reconstructions of 28 x 28 = 784 '
            f'values. Received: {prod(shape)}'
        )
    digits = choose(x_test, labels, DIGITS)[0].reshape(-1, *shape) / 255
    digits = digits.astype('float32')
    codes = without_noise(encoder)(digits)[0]
    weights = encoder.count_params() + decoder.count_params()
    bits = bits or (32 if weights <= MOST_WEIGHTS_IN_32_BITS else 16)
    return {
        'title': title,
        'encoder': describe_encoder(encoder, digits, bits),
        'decoder': describe_decoder(decoder, codes, bits),
        'penalty': penalty(encoder),
        'unfolding': _unfolding(unfolding),
    }


def penalty(encoder):
    """Return the weight of the L1 norm of the codes in the loss, or 0."""
    while has_graph(encoder):  # down to the layer that gives the code
        encoder = encoder.outputs[0]._keras_history[0]
    # A layer has a regularizer, or is one.
    regularizer = getattr(encoder, 'activity_regularizer', None) or encoder
    return float(f'{float(getattr(regularizer, "l1", 0)):.6g}')


def round_weights(model, bits):
    """Give a model the weights that its page has, of so many bits."""
    for layer in model.layers:
        if layer.get_weights():
            kernel, *bias = layer.get_weights()
            whole, scale = rounded(kernel, bits_of(kernel, bits))
            layer.set_weights([whole * scale, *bias])


def _unfolding(path):
    """Return what is recorded of a training, or None if nothing is."""
    try:
        with np.load(path, allow_pickle=False) as file:
            record = dict(file)
    except (TypeError, OSError, ValueError, zipfile.BadZipFile):
        return None
    codes = record.get('codes')
    return {
        'epochs': record['epochs'].tolist(),
        'images': as_text(record['images'], 'uint8'),
        'values': integers(record['usage'] if codes is None else codes, 16),
        'labels': None if codes is None else record['labels'].tolist(),
        'digits': len(record['labels']),
        'losses': [
            [
                float(f'{loss:.6g}') if np.isfinite(loss) else None
                for loss in losses
            ]
            for losses in record['losses'].tolist()
        ],
    }
