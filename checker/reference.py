"""What is correct: the four models, their and losses, in float64.

These functions know the assignment and nothing of a solution, and they run in
a process that never sees one. Weights are given as `[(kernel, bias), ...]`,
one pair for each `assignment.Layer`; a bias may be None.

Sources: the assignment; for the variational autoencoder Kingma and Welling,
"Auto-Encoding Variational Bayes", ICLR (2014), appendix B and equation 10.
"""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf


@dataclass(frozen=True)
class Loss:
    """The loss of a batch, and its gradients.

    Attributes:
        value: Float.
        gradients: Dict from 'encoder' and 'decoder' to pairs as of weights.
    """

    value: float
    gradients: dict


def apply(layer, weights, x):
    """Return what a layer makes of `x` before its activation."""
    kernel, bias = weights
    if layer.padding:
        x = tf.nn.conv2d(x, kernel, 1, layer.padding.upper())
    else:
        x = tf.matmul(x, kernel)
    return x if bias is None else x + bias


def activate(layer, x):
    """Return the output of a layer, given what it is before activation."""
    if layer.activation == 'relu':
        x = tf.nn.relu(x)
    elif layer.activation == 'sigmoid':
        x = tf.sigmoid(x)
    if layer.resize == 'pooling':
        x = tf.nn.max_pool2d(x, 2, 2, 'SAME')
    elif layer.resize == 'upsampling':
        x = tf.repeat(tf.repeat(x, 2, axis=1), 2, axis=2)
    return x


def forward(layers, weights, x):
    """Return what layers give, each fed by the one before."""
    for layer, pair in zip(layers, weights):
        x = activate(layer, apply(layer, pair, x))
    return x


def codes(arguments, weights, x):
    """Return the code of inputs, or their means and log variances.

    Args:
        arguments: An `assignment.Arguments`.
        weights: Pairs, those of the encoder.
        x: Array `(batch, *arguments.inputs)`.

    Returns:
        List of one tensor, or of two, each `(batch, *arguments.code)`.
    """
    layers = arguments.layers('encoder')
    first = len(layers) - arguments.heads
    x = tf.convert_to_tensor(x, tf.float64)
    hidden = forward(layers[:first], weights[:first], x)
    return [
        activate(layer, apply(layer, pair, hidden))
        for layer, pair in zip(layers[first:], weights[first:])
    ]


def logits(arguments, weights, z):
    """Return what the decoder makes of codes, before its `sigmoid`."""
    layers = arguments.layers('decoder')
    z = tf.convert_to_tensor(z, tf.float64)
    hidden = forward(layers[:-1], weights[:-1], z)
    return apply(layers[-1], weights[-1], hidden)


def encode(arguments, weights, x):
    """Return `codes` as arrays."""
    return [code.numpy() for code in codes(arguments, weights, x)]


def decode(arguments, weights, z):
    """Return reconstructions in [0, 1], an array `(batch, *inputs)`."""
    return tf.sigmoid(logits(arguments, weights, z)).numpy()


def margins(arguments, weights, x):
    """Return how far each input is from where a gradient jumps.

    That is the smallest distance of a unit from the edge of its `relu`, and
    of the two largest units that a pooling chooses from, in the unit of a
    layer's mean.

    Args:
        arguments: An `assignment.Arguments`.
        weights: Dict from 'encoder' and 'decoder' to pairs; without noise.
        x: Array `(batch, *inputs)`.

    Returns:
        Array `(batch,)`.
    """
    x, found = tf.convert_to_tensor(x, tf.float64), []
    layers = [
        *zip(arguments.layers('encoder'), weights['encoder']),
        *zip(arguments.layers('decoder'), weights['decoder']),
    ]
    if arguments.variational:  # the layer of the log variance leads nowhere
        del layers[len(weights['encoder']) - 1]
    for layer, pair in layers:
        before = apply(layer, pair, x).numpy()
        x = activate(layer, tf.convert_to_tensor(before))
        if layer.activation != 'relu':
            continue
        size = abs(before).mean() + 1e-30
        found.append(abs(before).reshape(len(before), -1).min(1) / size)
        if layer.resize == 'pooling':
            gaps = _gaps(np.maximum(before, 0))
            found.append(gaps.reshape(len(before), -1).min(1) / size)
    return np.min(found, 0)


def _gaps(x):
    """Return the gaps of the two largest values in windows of 2 x 2.

    Args:
        x: Array `(batch, height, width, channels)`, >= 0.

    Returns:
        Array `(batch, height / 2, width / 2, channels)`, rounded up; infinite
        where all are 0, so that no gradient comes through.
    """
    count, height, width, channels = x.shape
    tall, wide = (height + 1) // 2, (width + 1) // 2
    padded = np.zeros((count, 2 * tall, 2 * wide, channels))
    padded[:, :height, :width] = x
    windows = padded.reshape(count, tall, 2, wide, 2, channels)
    windows = np.sort(
        windows.transpose(0, 1, 3, 5, 2, 4).reshape(
            count, tall, wide, channels, 4
        )
    )
    gaps = windows[..., 3] - windows[..., 2]
    return np.where(windows[..., 3] > 0, gaps, np.inf)


def cross_entropy(x, logits):
    """Return the binary cross-entropy of each value, from logits."""
    return tf.nn.sigmoid_cross_entropy_with_logits(x, logits)


def divergence(mean, log_variance):
    """Return KL(N(mean, exp(log_variance)) || N(0, I)) of each value."""
    return (tf.exp(log_variance) + mean**2 - 1 - log_variance) / 2


def loss_of(arguments, weights, x, noise=None, summed=False):
    """Return the loss of a batch, a tensor.

    Args:
        arguments: An `assignment.Arguments`.
        weights: Dict from 'encoder' and 'decoder' to pairs.
        x: Array `(batch, *inputs)`; or one input, for copies of it that
            differ in their noise.
        noise: Array `(batch, *code)` from N(0, I), or None where the log
            variance is so small that there is no noise.
        summed: Whether a penalty is summed over the batch.
    """
    x = tf.convert_to_tensor(x, tf.float64)
    z, *more = codes(arguments, weights['encoder'], x)
    extra = 0
    if arguments.lambtha:
        norms = tf.reduce_sum(tf.abs(z), 1)
        reduce = tf.reduce_sum if summed else tf.reduce_mean
        extra = arguments.lambtha * reduce(norms)
    if more:
        sums = tf.reduce_sum(divergence(z, more[0]), 1)
        extra = tf.reduce_mean(sums)
        if noise is not None:
            z = z + tf.exp(more[0] / 2) * noise
    found = logits(arguments, weights['decoder'], z)
    values = cross_entropy(tf.broadcast_to(x, found.shape), found)
    times = x.shape[1] if arguments.variational else 1
    return times * tf.reduce_mean(values) + extra


def train(arguments, weights, x, summed=False):
    """Return the `Loss` of a batch without noise, see `loss_of`."""
    variables, watched = _variables(weights)
    with tf.GradientTape() as tape:
        loss = loss_of(arguments, variables, x, summed=summed)
    return _as_loss(variables, watched, loss, _gradient(tape, loss, watched))


def train_with_noise(arguments, weights, x, noises):
    """Return the `Loss` of copies of an input, once for each array of noise.

    Args:
        arguments: An `assignment.Arguments`.
        weights: Dict from 'encoder' and 'decoder' to pairs.
        x: Array `(1, *inputs)`.
        noises: List of arrays `(copies, *code)`.
    """
    variables, watched = _variables(weights)

    @tf.function(autograph=False)
    def compute(noise):
        """Return the loss and the gradients for some noise."""
        with tf.GradientTape() as tape:
            loss = loss_of(arguments, variables, x, noise)
        return loss, _gradient(tape, loss, watched)

    return [
        _as_loss(variables, watched, *compute(tf.constant(noise)))
        for noise in noises
    ]


def _gradient(tape, loss, watched):
    """Return the gradients of a loss, zeros where it does not depend."""
    return tape.gradient(
        loss, watched, unconnected_gradients=tf.UnconnectedGradients.ZERO
    )


def _variables(weights):
    """Return variables in the place of arrays, and a list of them."""
    variables = {
        role: [tuple(map(_variable, pair)) for pair in pairs]
        for role, pairs in weights.items()
    }
    pairs = [*variables['encoder'], *variables['decoder']]
    watched = [part for pair in pairs for part in pair if part is not None]
    return variables, watched


def _as_loss(variables, watched, loss, gradients):
    """Return a `Loss` whose gradients are in the place of variables."""
    found = dict(zip(map(id, watched), gradients))
    return Loss(
        float(loss),
        {
            role: [
                tuple(_array(found.get(id(part))) for part in pair)
                for pair in pairs
            ]
            for role, pairs in variables.items()
        },
    )


def _variable(array):
    """Return a variable of an array, or None for None."""
    return None if array is None else tf.Variable(array, dtype=tf.float64)


def _array(tensor):
    """Return the array of a tensor, or None for None."""
    return None if tensor is None else tensor.numpy()
