"""How inputs and weights are drawn, to look at models with.

Weights are drawn in one of these ways:

    random    every unit matters, and nothing is saturated
    scaled    the same in other units, see `weights.scale_units`
    still     random, but a small log variance leaves no noise (task 3)
    noisy     random, and most of a sample is noise (task 3)
    blank     encoder 0, decoder biases: nothing but the cross-entropy is left
    code      encoder random, decoder biases: the code does not change the
              reconstruction, so what depends on it is a term of the loss
    extreme   encoder scaled, decoder biases
    large     large kernels, without biases, for an input of zeros
"""

from dataclasses import dataclass

import numpy as np

from checker import reference, weights
from checker.assignment import HALVES

# How kernels are multiplied, and the range of biases.
PLAIN = {'blank': (0, (0, 0)), 'biases': (0, (0, 0.4))}


@dataclass(frozen=True)
class Drawn:
    """Weights that were drawn.

    Attributes:
        name: String, in which way.
        arrays: Dict from 'encoder' and 'decoder' to a list of arrays, for all
            weights of a half.
        pairs: Dict from 'encoder' and 'decoder' to pairs of these, see
            `weights.py`; or to None where the layers are not known, or where
            they cannot be drawn in this way.
    """

    name: str
    arrays: dict
    pairs: dict


def inputs_for(arguments, count, rng):
    """Return inputs in [0, 1], many of them 0 or 1 as in MNIST.

    Args:
        arguments: An `assignment.Arguments`.
        count: Integer.
        rng: A `numpy.random.Generator`.

    Returns:
        Array `(count, *arguments.inputs)`.
    """
    x = rng.uniform(-0.5, 1.5, (count, *arguments.inputs))
    return np.clip(x, 0, 1).astype('float32')


def draw(observation, rng, encoder, decoder=None):
    """Return `Drawn` weights for the models of an observation.

    Args:
        observation: An `observation.Observation` with `weights`.
        rng: A `numpy.random.Generator`.
        encoder: String, how to draw those of the encoder.
        decoder: String, the same for the decoder, if it is another way.
    """
    if encoder in ('blank', 'code', 'extreme'):
        decoder = 'biases'
    names = {'encoder': encoder, 'decoder': decoder or encoder}
    arrays, pairs = {}, {}
    for role in HALVES:
        shapes = [weight.shape for weight in observation.weights[role]]
        plain = PLAIN.get(names[role], ())
        arrays[role] = weights.draw_plain(shapes, rng, *plain)
        layout = observation.layouts.get(role)
        pairs[role] = layout.pairs(arrays[role]) if layout else None
    pairs = _adapt(observation.arguments, pairs, names, rng)
    for role in HALVES:
        if pairs[role]:
            pairs[role] = weights.rounded(pairs[role])
            layout = observation.layouts[role]
            arrays[role] = layout.fill(arrays[role], pairs[role])
    return Drawn(encoder, arrays, pairs)


def with_decoder(drawn, other):
    """Return drawn weights with the decoder of others."""
    return Drawn(
        drawn.name,
        {**drawn.arrays, 'decoder': other.arrays['decoder']},
        {**drawn.pairs, 'decoder': other.pairs['decoder']},
    )


def _adapt(arguments, pairs, names, rng):
    """Return pairs of both halves, changed as their names say."""
    # Each image has many places to adapt weights to.
    count = 8 if arguments.task == 2 else 64
    x = inputs_for(arguments, count, rng)
    z = abs(rng.normal(size=(count, *arguments.code)))
    encoder, decoder = pairs['encoder'], pairs['decoder']
    if encoder and names['encoder'] != 'blank':
        encoder = weights.draw_encoder(arguments, encoder, x)
        z = reference.encode(arguments, encoder, x)[0]
    if arguments.variational:
        z = z + rng.normal(size=z.shape)
    if decoder and names['decoder'] != 'biases':
        decoder = weights.draw_decoder(arguments, decoder, z)
    changed = {
        'encoder': _change(arguments, 'encoder', encoder, names, rng),
        'decoder': _change(arguments, 'decoder', decoder, names, rng),
    }
    scaled = names['decoder'] == 'scaled' and all(changed.values())
    if scaled and not arguments.variational:
        return weights.scale_code(arguments, changed, rng)
    return changed


def _change(arguments, role, pairs, names, rng):
    """Return the pairs of a half, changed as its name says; or None."""
    name = names[role]
    if not pairs:
        return None
    if name in ('scaled', 'extreme'):
        return weights.scale_units(arguments, role, pairs, rng)
    if name == 'large':
        return weights.large_kernels(arguments, role, pairs, rng)
    if name == 'still' and role == 'encoder':
        return weights.without_noise(pairs)
    if name == 'noisy' and role == 'encoder':
        return weights.with_noise(pairs)
    return pairs
