"""The networks of a model, as the script of a page computes them.

Of a model, this takes what the assignment promises: the encoder gives a code,
or a code, its mean and its log variance, and the decoder takes a code. Of what
layers they are made, it finds out from Keras' graph of them.
"""

import numpy as np

from common.start import keras, tf
from page.numbers import as_text, integers

# With fewer weights than these, a kernel is never stored in 8 bits: it would
# save next to nothing.
LEAST_WEIGHTS_IN_8_BITS = 20_000
# Some numbers, and what the activations that model.js knows make of them.
NUMBERS = np.array([[-3, -0.5, 0, 0.25, 7]], 'float32')
ACTIVATIONS = {
    'linear': NUMBERS,
    'relu': np.maximum(NUMBERS, 0),
    'sigmoid': 1 / (1 + np.exp(-NUMBERS)),
    'tanh': np.tanh(NUMBERS),
}
PADDINGS = ('same', 'valid')
# The layers of Keras that model.js computes: for each type its options, and
# the values that these may have (None: any).
LAYERS = {
    'InputLayer': {},
    'Dense': {'activation': None},
    'Conv2D': {
        'activation': None,
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
    'Activation': {'activation': None},
    'ReLU': {'activation': None},
    'Flatten': {'data_format': ['channels_last']},
    'Reshape': {},
    'Dropout': {},
    'ActivityRegularization': {},
}


class UnknownLayerError(ValueError):
    """A page cannot compute a layer; the message names it."""


def input_shape(model, x):
    """Return the shape of one input of a model, by default that of `x`."""
    try:
        return tuple(model.input_shape[1:])
    except AttributeError:  # a class that a learner wrote
        return x.shape[1:]


def has_graph(model):
    """Tell whether Keras knows the layers between inputs and outputs."""
    return bool(getattr(model, 'outputs', None))


def without_noise(encoder):
    """Return a function: the code of inputs, or its mean and log variance.

    Args:
        encoder: Keras model that maps inputs to codes, or to codes, their
            means and their log variances.

    Returns:
        A function from arrays to a list of arrays: of one, the codes, or of
        two. It draws no random numbers, unless Keras does not know the graph.
    """
    if has_graph(encoder):
        encoder = keras.Model(
            encoder.inputs[0], encoder.outputs[-2:], name='without_noise'
        )

    def encode(x):
        outputs = encoder(x)
        if not isinstance(outputs, (list, tuple)):
            outputs = [outputs]
        return [np.asarray(output) for output in outputs[-2:]]

    return encode


def describe_encoder(encoder, digits, bits):
    """Describe an encoder for model.js.

    Args:
        encoder: Keras model that maps digits to codes, or to codes, their
            means and their log variances.
        digits: Array `(n, ...)`, the digits that the page holds.
        bits: Integer, the bits to store a weight in.

    Returns:
        A dictionary of `layers`, a list with a dictionary for each in the
        order of computing them; `outputs`, the places in this list of the
        code, and of its mean and log variance; and `unknown`: None, or what
        the page cannot compute. Then it has the codes of the digits.
    """
    try:
        # The code of a variational encoder is sampled, whatever does that.
        network = _graph(encoder, _outputs(encoder)[-2:], bits)
    except UnknownLayerError as error:
        codes = without_noise(encoder)(digits)
        network = _values(digits.shape[1:], codes, error)
    layers, outputs = network['layers'], network['outputs']
    layers[0]['name'] = 'input'
    if len(outputs) == 2:
        mean, log_variance = outputs
        layers[mean]['name'] = 'mean'
        layers[log_variance]['name'] = 'log_variance'
        sampling = {
            'type': 'SamplingWithKL',
            'name': 'latent',
            'inputs': outputs,
            'shape': layers[mean]['shape'],
        }
        network['outputs'] = [len(layers), *outputs]
        layers.append(sampling)
    return network


def describe_decoder(decoder, codes, bits):
    """Describe a decoder for model.js, as `describe_encoder` does.

    Args:
        decoder: Keras model that maps codes to reconstructions.
        codes: Array `(n, ...)`, those of the digits that the page holds.
        bits: Integer, the bits to store a weight in.
    """
    try:
        network = _graph(decoder, _outputs(decoder), bits)
    except UnknownLayerError as error:
        images = np.asarray(decoder(codes))
        network = _values(codes.shape[1:], [images], error)
    network['layers'][0]['name'] = 'code'
    return network


def _outputs(model):
    """Return the symbolic outputs of a model."""
    if not has_graph(model):
        raise UnknownLayerError(
            f'layers of its own, in the model `{model.name}` of type '
            f'{type(model).__name__}'
        )
    return model.outputs


def _values(shape, outputs, error):
    """Return a network that has values instead of the layers in between."""
    layers = [
        {'type': 'InputLayer', 'name': '', 'inputs': [], 'shape': list(shape)}
    ]
    for output in outputs:
        layers.append(
            {
                'type': 'Values',
                'name': 'values',
                'inputs': [0],
                'shape': list(output.shape[1:]),
                'values': integers(output.reshape(len(output), -1), 16),
            }
        )
    return {
        'layers': layers,
        'outputs': list(range(1, len(layers))),
        'unknown': str(error),
    }


def _graph(model, outputs, bits):
    """Return the layers that lead to symbolic outputs of a model."""
    layers, places = [], {}

    def place_of(tensor):
        """Return the place of the layer that gives a tensor."""
        if id(tensor) not in places:
            places[id(tensor)] = add(tensor)
        return places[id(tensor)]

    def add(tensor):
        """Add the layer that gives a tensor, and all before it."""
        layer, node, number = tensor._keras_history
        sources = _inputs(layer._inbound_nodes[node])
        inputs = [place_of(source) for source in sources]
        if isinstance(layer, keras.Model) and has_graph(layer):
            for inner, place in zip(layer.inputs, inputs):
                places[id(inner)] = place
            return place_of(layer.outputs[number])
        layers.append(
            {
                'type': kind_of(layer),
                'name': layer.name,
                **_options(layer, tensor),
                'inputs': inputs,
                'shape': list(tensor.shape[1:]),
                **_weights(layer, bits),
            }
        )
        return len(layers) - 1

    place_of(model.inputs[0])
    return {
        'layers': layers,
        'outputs': [place_of(output) for output in outputs],
        'unknown': None,
    }


def _inputs(node):
    """Return the symbolic inputs of a node of Keras' graph."""
    if hasattr(node, 'keras_inputs'):  # in Keras 2
        return node.keras_inputs
    return node.input_tensors


def kind_of(layer):
    """Return the type of a layer: one of Keras', or raise an error.

    A class of a learner is of the type that it extends, if it computes the
    same: if it has no method `call` of its own.
    """
    for kind in LAYERS:
        known = getattr(keras.layers, kind)
        if isinstance(layer, known) and type(layer).call is known.call:
            return kind
    raise UnknownLayerError(
        f'the layer `{layer.name}` of type {type(layer).__name__}'
    )


def _options(layer, output):
    """Return the options of a layer, or raise an error that names it."""
    kind = kind_of(layer)
    if kind == 'Dense' and len(output.shape) != 2:
        raise UnknownLayerError(
            f'the layer `{layer.name}` of type Dense with an output of the '
            f'shape {tuple(output.shape[1:])}'
        )
    options = {}
    for name, values in LAYERS[kind].items():
        if name == 'activation':
            options[name] = _activation(layer)
        else:
            options[name] = value = getattr(layer, name)
            if values and value not in values:
                raise UnknownLayerError(
                    f'the layer `{layer.name}` of type {kind} with '
                    f'{name}={value!r}'
                )
    return options


def _activation(layer):
    """Return the name of a layer's activation, by what it computes."""
    function = getattr(layer, 'activation', layer)
    if isinstance(function, str):
        function = keras.activations.get(function)
    computed = np.asarray(function(tf.constant(NUMBERS)))
    for name, expected in ACTIVATIONS.items():
        if np.allclose(computed, expected, atol=1e-5):
            return name
    raise UnknownLayerError(
        f'the layer `{layer.name}` of type {type(layer).__name__} with '
        f'activation={getattr(function, "__name__", function)!r}'
    )


def _weights(layer, bits):
    """Return the weights of a layer, without a bias zeros for it."""
    if not layer.get_weights():
        return {}
    kernel, *bias = layer.get_weights()
    bias = bias[0] if bias else np.zeros(kernel.shape[-1])
    return {
        'kernel': integers(kernel, bits_of(kernel, bits)),
        'bias': as_text(bias, 'float32'),
    }


def bits_of(kernel, bits):
    """Return the bits to store a weight of a kernel in."""
    return bits if kernel.size >= LEAST_WEIGHTS_IN_8_BITS else max(bits, 16)
