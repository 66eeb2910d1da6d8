"""What a page holds of models and digits, as JSON can hold it."""

import base64
import zipfile
from math import prod

import numpy as np

# With more weights than these, each is stored in 16 bits instead of 32, so
# that a page stays below 3 MB.
MOST_WEIGHTS_IN_32_BITS = 500_000
# Kernels with fewer weights than these are never stored in 8 bits: it would
# save next to nothing.
LEAST_WEIGHTS_IN_8_BITS = 20_000
# The layers that model.js computes: for each type its options, and the
# values that these may have (None: any).
ACTIVATIONS = ('linear', 'relu', 'sigmoid', 'tanh')
PADDINGS = ('same', 'valid')
LAYERS = {
    'InputLayer': {},
    'Dense': {'activation': ACTIVATIONS},
    'Conv2D': {
        'activation': ACTIVATIONS,
        'kernel_size': None,
        'padding': PADDINGS,
        'strides': None,
        'dilation_rate': [(1, 1)],
        'groups': [1],
        'data_format': ['channels_last'],
    },
    'MaxPooling2D': {
        'pool_size': None,
        'strides': None,
        'padding': PADDINGS,
        'data_format': ['channels_last'],
    },
    'UpSampling2D': {
        'size': None,
        'interpolation': ['nearest'],
        'data_format': ['channels_last'],
    },
    'SamplingWithKL': {},
}


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


def describe(title, encoder, decoder, unfolding=None, bits=None):
    """Describe a model for the script of a page.

    Args:
        title: String.
        encoder: Keras model that maps digits to codes, or to codes, their
            means and their log variances.
        decoder: Keras model that maps codes to reconstructions.
        unfolding: `Path` of what a `Recorder` has written of its training. If
            there is no such file, a page does without it.
        bits: Integer, the bits of a weight of a large kernel: 8, 16 or 32.
            By default 32, or 16 for a large model.

    Returns:
        A dictionary.

    Raises:
        ValueError: If the script cannot compute a layer, or the models are
            not for digits of 28 x 28.
    """
    for size in (
        prod(encoder.input_shape[1:]),
        prod(decoder.output_shape[1:]),
    ):
        if size != 784:
            raise ValueError(
                'a page is for inputs and reconstructions of '
                f'28 x 28 = 784 values. Received: {size}'
            )
    weights = encoder.count_params() + decoder.count_params()
    bits = bits or (32 if weights <= MOST_WEIGHTS_IN_32_BITS else 16)
    return {
        'title': title,
        'encoder': _network(encoder, bits),
        'decoder': _network(decoder, bits),
        'penalty': penalty(encoder),
        'unfolding': _unfolding(unfolding),
    }


def penalty(encoder):
    """Return the weight of the L1 norm of the codes in the loss, or 0."""
    regularizer = getattr(encoder.layers[-1], 'activity_regularizer', None)
    return float(f'{float(getattr(regularizer, "l1", 0)):.6g}')


def _network(model, bits):
    """Return the layers of a model in the order of computing them.

    Args:
        model: Keras model, of layers that are called once.
        bits: Integer, the bits to store a weight in.

    Returns:
        A dictionary of `layers`, a list with a dictionary for each, and
        `outputs`, the places in this list of the layers that it returns.
    """
    places, layers = {}, []
    for layer in model.layers:
        layers.append(
            {
                'type': type(layer).__name__,
                'name': layer.name,
                **_options(layer),
                'inputs': [
                    places[id(tensor)]
                    for tensor in _list(layer.input)
                    if id(tensor) in places
                ],
                'shape': list(_list(layer.output)[0].shape[1:]),
                **_weights(layer, bits),
            }
        )
        places[id(_list(layer.output)[0])] = len(layers) - 1
    return {
        'layers': layers,
        'outputs': [places[id(tensor)] for tensor in model.outputs],
    }


def _options(layer):
    """Return the options of a layer, or raise a ValueError that names it."""
    kind = type(layer).__name__
    if kind not in LAYERS:
        raise ValueError(
            f'the page cannot compute the layer `{layer.name}` of type '
            f'{kind}. It can: {", ".join(LAYERS)}'
        )
    options = {}
    for name, values in LAYERS[kind].items():
        value = getattr(layer, name)
        value = getattr(value, '__name__', value)  # of an activation
        if values and value not in values:
            raise ValueError(
                f'the page cannot compute the layer `{layer.name}` of type '
                f'{kind} with {name}={value!r}. It can: '
                f'{", ".join(map(str, values))}'
            )
        options[name] = value
    return options


def _weights(layer, bits):
    """Return the weights of a layer, without a bias zeros for it."""
    if not layer.get_weights():
        return {}
    kernel, *bias = layer.get_weights()
    bias = bias[0] if bias else np.zeros(kernel.shape[-1])
    return {
        'kernel': _integers(kernel, _bits(kernel, bits)),
        'bias': as_text(bias, 'float32'),
    }


def round_weights(model, bits):
    """Give a model the weights that its page has, of so many bits."""
    for layer in model.layers:
        if layer.get_weights():
            kernel, *bias = layer.get_weights()
            whole, scale = _round(kernel, _bits(kernel, bits))
            layer.set_weights([whole * scale, *bias])


def _bits(kernel, bits):
    """Return the bits to store a weight of a kernel in."""
    return bits if kernel.size >= LEAST_WEIGHTS_IN_8_BITS else max(bits, 16)


def _integers(array, bits):
    """Return an array as integers, with a scale for each of the last axis.

    In 16 bits, kernels come several times closer than in float16, which
    spends 5 of its bits on magnitudes that no kernel has.
    """
    whole, scale = _round(array, bits)
    return {
        'bits': bits,
        'integers': as_text(whole, f'int{bits}'),
        'scale': as_text(scale, 'float32'),
    }


def _round(array, bits):
    """Return the integers nearest to an array, in units of the scales."""
    largest = 2 ** (bits - 1) - 1
    scale = np.abs(array).reshape(-1, array.shape[-1]).max(axis=0) / largest
    scale = np.maximum(scale, 1e-30).astype('float32')  # 0 for unused outputs
    # Since the scale is rounded, the largest may come out larger than that.
    whole = np.rint(array / scale.astype('float64')).clip(-largest, largest)
    return whole, scale


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
        'values': _integers(record['usage'] if codes is None else codes, 16),
        'labels': None if codes is None else record['labels'].tolist(),
        'digits': len(record['labels']),
        'losses': [
            [
                float(f'{loss:.6g}') if np.isfinite(loss) else None
                for loss in pair
            ]
            for pair in record['losses'].tolist()
        ],
    }


def _list(tensors):
    """Return what a layer takes or gives as a list."""
    return tensors if isinstance(tensors, list) else [tensors]


def as_text(values, dtype):
    """Return the bytes of an array, little-endian, as base64."""
    values = np.asarray(values).astype(np.dtype(dtype).newbyteorder('<'))
    return base64.b64encode(values.tobytes()).decode()
