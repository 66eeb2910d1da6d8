"""The page: a trained model in one HTML file, to draw on and to look into.

Its source is explore.html, explore.css and explore.js. Here, these three are
put into one file, with the layers of a model, its weights and test digits.
"""
import base64
import html
import json
from math import prod
from pathlib import Path

import numpy as np

from common.program import write_atomically

SOURCE = Path(__file__).resolve().parent
# The digits that a page holds.
DIGITS = 100
# With more weights than these, each is stored in 16 bits instead of 32, so
# that a page stays below 3 MB.
MOST_WEIGHTS_IN_32_BITS = 500_000
# The layers that explore.js computes: for each type its options, and the
# values that these may have (None: any).
ACTIVATIONS = ('linear', 'relu', 'sigmoid', 'tanh')
PADDINGS = ('same', 'valid')
LAYERS = {
    'InputLayer': {},
    'Dense': {'activation': ACTIVATIONS},
    'Conv2D': {'activation': ACTIVATIONS, 'kernel_size': None,
               'padding': PADDINGS, 'strides': None,
               'dilation_rate': [(1, 1)], 'groups': [1],
               'data_format': ['channels_last']},
    'MaxPooling2D': {'pool_size': None, 'strides': None, 'padding': PADDINGS,
                     'data_format': ['channels_last']},
    'UpSampling2D': {'size': None, 'interpolation': ['nearest'],
                     'data_format': ['channels_last']},
    'Sampling': {},
    'SamplingWithKL': {},
}


def write_page(path, title, encoder, decoder, digits, labels):
    """Write the page of a trained model, and print where it is.

    Where a page cannot compute the model, it prints why instead.

    Args:
        path: `Path` of the HTML file.
        title: String, the heading of the page.
        encoder: Keras model that maps digits to codes, or to codes, their
            means and their log variances.
        decoder: Keras model that maps codes to reconstructions.
        digits: Array of n x 784 values in [0, 1], of any shape. The page
            holds a hundred of them, ten of each label as far as there are.
        labels: Array `(n,)` of the digits' labels, 0 to 9.

    Raises:
        SystemExit: With status 1 and one line, if it cannot be written.
    """
    try:
        text = page(title, encoder, decoder, digits, labels)
    except ValueError as error:
        print(f'There is no {path.name}: {error}')
        return
    write_atomically(path, text.encode())
    print(f'Open {path} in a browser, to draw on it')


def page(title, encoder, decoder, digits, labels):
    """Return the page that `write_page` writes, as a string.

    Raises:
        ValueError: If it cannot compute a layer, or the models are not for
            digits of 28 x 28.
    """
    for size in (prod(encoder.input_shape[1:]),
                 prod(decoder.output_shape[1:])):
        if size != 784:
            raise ValueError('a page is for inputs and reconstructions of '
                             f'28 x 28 = 784 values. Received: {size}')
    weights = encoder.count_params() + decoder.count_params()
    bits = 32 if weights <= MOST_WEIGHTS_IN_32_BITS else 16
    digits, labels = _choose(digits, labels)
    data = {'bits': bits, 'encoder': _describe(encoder, bits),
            'decoder': _describe(decoder, bits),
            'penalty': _penalty(encoder),
            'digits': _base64(digits, 'uint8'), 'labels': labels.tolist()}
    text = _source('html')
    # The data come last: nothing in them is taken for a place to fill.
    for name, value in (
            ('title', html.escape(title)), ('style', _source('css')),
            ('script', _source('js')),
            ('data', json.dumps(data).replace('<', r'\u003c'))):
        text = text.replace(f'{{{{ {name} }}}}', value)
    return text


def _source(kind):
    """Return a part of the page's source: html, css or js."""
    return (SOURCE / f'page.{kind}').read_text('utf-8').strip()


def _choose(digits, labels):
    """Return a hundred digits, as bytes, and their labels: 0 to 9, again."""
    labels = np.asarray(labels)
    rank = np.zeros(len(labels), int)  # among the digits of its label
    for label in np.unique(labels):
        rank[labels == label] = range(np.sum(labels == label))
    chosen = np.lexsort((labels, rank))[:DIGITS]
    pixels = np.reshape(digits, (len(labels), 784))[chosen]
    return np.rint(pixels * 255), labels[chosen]


def _penalty(encoder):
    """Return the weight of the L1 norm of the codes in the loss, or 0."""
    regularizer = getattr(encoder.layers[-1], 'activity_regularizer', None)
    return float(f'{float(getattr(regularizer, "l1", 0)):.6g}')


def _describe(model, bits):
    """Return the layers of a model in the order of computing them.

    Args:
        model: Keras model, of layers that are called once.
        bits: Integer, the bits to store a weight in, 16 or 32.

    Returns:
        A dictionary of `layers`, a list with a dictionary for each, and
        `outputs`, the places in this list of the layers that it returns.
    """
    places, layers = {}, []
    for layer in model.layers:
        layers.append({
            'type': type(layer).__name__, 'name': layer.name,
            **_options(layer),
            'inputs': [places[id(tensor)] for tensor in _list(layer.input)
                       if id(tensor) in places],
            'shape': list(_list(layer.output)[0].shape[1:]),
            **_weights(layer, bits)})
        places[id(_list(layer.output)[0])] = len(layers) - 1
    return {'layers': layers,
            'outputs': [places[id(tensor)] for tensor in model.outputs]}


def _options(layer):
    """Return the options of a layer, or raise a ValueError that names it."""
    kind = type(layer).__name__
    if kind not in LAYERS:
        raise ValueError(
            f'the page cannot compute the layer `{layer.name}` of type '
            f'{kind}. It can: {", ".join(LAYERS)}')
    options = {}
    for name, values in LAYERS[kind].items():
        value = getattr(layer, name)
        value = getattr(value, '__name__', value)  # of an activation
        if values and value not in values:
            raise ValueError(
                f'the page cannot compute the layer `{layer.name}` of type '
                f'{kind} with {name}={value!r}. It can: '
                f'{", ".join(map(str, values))}')
        options[name] = value
    return options


def _weights(layer, bits):
    """Return the weights of a layer, its kernel as integers with a scale.

    In 16 bits, these come several times closer than float16 does, which
    spends 5 of its bits on magnitudes that no kernel has. Each output of the
    layer has its own scale.
    """
    if not layer.get_weights():
        return {}
    kernel, bias = layer.get_weights()
    largest = 2 ** (bits - 1) - 1
    scale = np.abs(kernel).reshape(-1, len(bias)).max(axis=0) / largest
    scale = np.maximum(scale, 1e-30).astype('float32')  # 0 for unused outputs
    # Since the scale is rounded, the largest may come out larger than that.
    whole = np.rint(kernel / scale.astype('float64')).clip(-largest, largest)
    return {'kernel': _base64(whole, f'int{bits}'),
            'scale': _base64(scale, 'float32'),
            'bias': _base64(bias, 'float32')}


def _list(tensors):
    """Return what a layer takes or gives as a list."""
    return tensors if isinstance(tensors, list) else [tensors]


def _base64(values, dtype):
    """Return the bytes of an array, little-endian, as text."""
    values = np.asarray(values).astype(np.dtype(dtype).newbyteorder('<'))
    return base64.b64encode(values.tobytes()).decode()
