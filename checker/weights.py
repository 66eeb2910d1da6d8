"""Weights to judge models with: where they belong, and how they are drawn.

The weights of a model are a list of arrays in the order of `get_weights`. A
`Layout` says which of them are the kernels and biases of the assignment's
layers. The reference takes them as pairs, `[(kernel, bias), ...]`.
"""

from dataclasses import dataclass
from itertools import permutations, product

import numpy as np

from checker import reference

# The most ways to assign weights that are tried, if several have one shape.
MOST_LAYOUTS = 24
# A log variance of which there is no noise left.
NO_NOISE = -40


@dataclass(frozen=True)
class Layout:
    """Where the kernels and biases of a half are among its weights.

    Attributes:
        places: Tuple of pairs for each layer of the assignment: the place of
            its kernel, and that of its bias or None.
    """

    places: tuple

    def pairs(self, arrays):
        """Return `[(kernel, bias), ...]` of arrays that are in a list."""
        return [
            (arrays[kernel], None if bias is None else arrays[bias])
            for kernel, bias in self.places
        ]

    def fill(self, arrays, pairs):
        """Return a copy of a list, with the arrays of `pairs` put in."""
        filled = list(arrays)
        for (kernel, bias), pair in zip(self.places, pairs):
            filled[kernel] = pair[0]
            if bias is not None:
                filled[bias] = pair[1]
        return filled


def layouts(layers, shapes):
    """Return each `Layout` of layers that fits the weights of a half.

    Args:
        layers: List of `assignment.Layer`.
        shapes: List of tuples, the shapes of all weights that `fit` changes.

    Returns:
        List of `Layout`; empty if the weights are not those of the layers.
        Where several kernels have one shape, that of the usual order is the
        first.
    """
    kernels = [place for place, shape in enumerate(shapes) if len(shape) > 1]
    wanted = sorted(layer.kernel for layer in layers)
    if sorted(shapes[place] for place in kernels) != wanted:
        return []
    biases = _biases(shapes, kernels)
    found = []
    for order, _ in zip(_orders(kernels, shapes), range(MOST_LAYOUTS)):
        places = [order[layer.kernel].pop(0) for layer in layers]
        found.append(
            Layout(tuple((place, biases.get(place)) for place in places))
        )
    return found


def _orders(kernels, shapes):
    """Yield each order of kernels, a dict from a shape to a list of places.

    The first is the usual one.
    """
    groups = {}
    for place in kernels:
        groups.setdefault(shapes[place], []).append(place)
    for order in product(*map(permutations, groups.values())):
        yield dict(zip(groups, map(list, order)))


def _biases(shapes, kernels):
    """Return the place of the bias for that of each kernel, a dict.

    Biases of one size belong to the kernels of that size, in their order,
    whether a layer creates its kernel or its bias first. If there are more or
    fewer of them, each kernel gets the next one after it.
    """
    found = {}
    others = [place for place in range(len(shapes)) if place not in kernels]
    for size in {shapes[place] for place in others}:
        own = [place for place in others if shapes[place] == size]
        fitting = [place for place in kernels if shapes[place][-1:] == size]
        if len(own) == len(fitting):
            found.update(zip(fitting, own))
        else:
            found.update(_next_ones(fitting, own))
    return found


def _next_ones(kernels, biases):
    """Return the first bias between each kernel and the next, a dict."""
    ends = [*kernels[1:], np.inf]
    found = {}
    for kernel, end in zip(kernels, ends):
        between = [place for place in biases if kernel < place < end]
        if between:
            found[kernel] = between[0]
    return found


def rounded(pairs):
    """Return pairs with the values that they have in float32."""
    return [tuple(map(_rounded, pair)) for pair in pairs]


def _rounded(array):
    """Return a float64 array with the values of float32, or None."""
    if array is None:
        return None
    return np.asarray(array, 'float32').astype('float64')


def draw_plain(shapes, rng, kernel=1.0, bias=(-0.4, 0.4)):
    """Return arrays for weights of which nothing but the shapes is known.

    Args:
        shapes: List of tuples.
        rng: A `numpy.random.Generator`.
        kernel: Float, what kernels are multiplied by. With 1, a layer with
            `relu` keeps the size of its input (He et al., 2015).
        bias: Two floats, the range of biases.
    """
    arrays = []
    for shape in shapes:
        if len(shape) > 1:
            deviation = kernel * np.sqrt(2 / np.prod(shape[:-1]))
            arrays.append(deviation * rng.normal(size=shape))
        else:
            arrays.append(rng.uniform(*bias, shape))
    return arrays


def draw_encoder(arguments, pairs, x):
    """Return weights of an encoder for which every unit matters.

    Each unit of a `relu` is above 0 for some inputs and below for others. The
    largest value of a code, a mean or a log variance is 3; in task 1, codes
    are of a size for which the penalty is about 1.

    Args:
        arguments: An `assignment.Arguments`.
        pairs: List of pairs, as they were drawn.
        x: Array `(batch, *inputs)`, inputs to adapt them to.
    """
    layers = arguments.layers('encoder')
    count = len(layers) - arguments.heads
    hidden, changed = _lively(layers[:count], pairs[:count], x)
    for layer, pair in zip(layers[count:], pairs[count:]):
        if layer.activation == 'relu':
            pair = _centred(layer, pair, hidden)
        found = reference.apply(layer, pair, hidden).numpy()
        factor = min(1, 3 / abs(found).max())
        if arguments.lambtha:
            norm = np.maximum(found, 0).sum(1).mean()
            factor = 1 / (arguments.lambtha * norm)
        changed.append(_multiplied(pair, factor))
    return changed


def draw_decoder(arguments, pairs, z):
    """Return weights of a decoder for which every unit matters.

    Its largest logit is 6, so that no `sigmoid` is saturated.

    Args:
        arguments: An `assignment.Arguments`.
        pairs: List of pairs, as they were drawn.
        z: Array `(batch, *code)`, codes to adapt them to.
    """
    layers = arguments.layers('decoder')
    kernel, bias = pairs[0]
    pairs = [(kernel / max(1, abs(z).max() / 3), bias), *pairs[1:]]
    hidden, changed = _lively(layers[:-1], pairs[:-1], z)
    last = _centred(layers[-1], pairs[-1], hidden)
    largest = abs(reference.apply(layers[-1], last, hidden).numpy()).max()
    return [*changed, _multiplied(last, min(1, 6 / largest))]


def _lively(layers, pairs, x):
    """Return what hidden layers give, and weights for which none is dead."""
    x, changed = np.asarray(x, 'float64'), []
    for layer, pair in zip(layers, pairs):
        changed.append(_centred(layer, pair, x))
        x = reference.forward([layer], changed[-1:], x).numpy()
    return x, changed


def _centred(layer, pair, x):
    """Return weights for which each unit is around 0 before activation."""
    kernel, bias = pair
    found = reference.apply(layer, pair, x).numpy()
    axes = tuple(range(found.ndim - 1))
    if bias is not None:
        return kernel, bias - found.mean(axes)
    # Without a bias, a unit that is never above 0 can be turned round.
    return kernel * np.where(found.max(axes) > 0, 1, -1), None


def _multiplied(pair, factor):
    """Return a kernel and a bias, or None for it, times a factor."""
    kernel, bias = pair
    return kernel * factor, None if bias is None else bias * factor


def scale_units(arguments, role, pairs, rng):
    """Return weights that make the same of inputs, in other units.

    Each unit of a hidden layer is multiplied by a factor from 1e-6 to 1e6,
    which the next layers divide by. That changes nothing but what is no
    `relu`. Means move to values from -9 to 9, log variances to -12 to 12.
    """
    layers, changed = arguments.layers(role), [list(pair) for pair in pairs]
    heads = arguments.heads if role == 'encoder' else 1
    last = len(pairs) - heads - 1
    for place in range(last + 1):
        factor = 10 ** rng.uniform(-6, 6, layers[place].size)
        # The layers of mean and log variance both come after the last.
        end = len(pairs) if place == last else place + 2
        _scale(changed[place], factor, changed[place + 1 : end])
    if role == 'encoder' and arguments.variational:
        for pair, size in zip(changed[-2:], (9, 12)):
            if pair[1] is not None:
                pair[1] = pair[1] + np.linspace(size, -size, *arguments.code)
    return list(map(tuple, changed))


def scale_code(arguments, weights, rng):
    """Return weights with values of the code from 1e-3 to 1e3 as large."""
    encoder = [list(pair) for pair in weights['encoder']]
    decoder = [list(pair) for pair in weights['decoder']]
    factor = 10 ** rng.uniform(-3, 3, arguments.code[-1])
    _scale(encoder[-1], factor, decoder[:1])
    return {
        'encoder': list(map(tuple, encoder)),
        'decoder': list(map(tuple, decoder)),
    }


def _scale(pair, factor, after):
    """Multiply the units of a layer in place; those after it divide."""
    pair[0] = pair[0] * factor
    if pair[1] is not None:
        pair[1] = pair[1] * factor
    for other in after:
        other[0] = other[0] / factor[:, None]


def without_noise(encoder):
    """Return weights of an encoder whose log variance leaves no noise.

    None if the layer of the log variance has no bias to say so with.
    """
    kernel, bias = encoder[-1]
    if bias is None:
        return None
    last = np.zeros_like(kernel), np.full_like(bias, NO_NOISE)
    return [*encoder[:-1], last]


def with_noise(encoder):
    """Return weights of an encoder for which most of a sample is noise."""
    kernel, bias = _multiplied(encoder[-1], 0.3)
    if bias is not None:
        bias = bias + 1
    return [*encoder[:-2], _multiplied(encoder[-2], 0.3), (kernel, bias)]


def large_kernels(arguments, role, pairs, rng):
    """Return weights with large kernels, of which zeros show nothing.

    All biases are 0, so all units are, too, for an input of zeros; but what
    depends on the kernels alone, such as a constraint, has its effect.
    """
    changed = []
    for kernel, bias in pairs:
        kernel = 100 * rng.normal(size=kernel.shape)
        changed.append((kernel, None if bias is None else 0 * bias))
    if role == 'encoder' and arguments.variational:
        kernel, bias = changed[-1]
        if bias is not None:
            # Layers with large kernels make noise of the least number.
            changed[-1] = kernel, bias + 4 * NO_NOISE
    return changed
