"""The checker's reference, its weights and its statistics of noise."""

import numpy as np
import pytest
import tensorflow as tf

from checker import formulas, noise, reference, weights
from checker.assignment import HALVES, Arguments, arguments, unsorted
from conftest import KERAS_VERSION
from judging import SEVERAL, fixed

RNG_SEED = 1


def drawn_weights(case, rng):
    """Return weights of both halves that were drawn for some arguments."""
    halves = {}
    x = rng.uniform(size=(16, *case.inputs))
    for role in HALVES:
        layers = case.layers(role)
        halves[role] = [
            (rng.normal(size=layer.kernel), rng.normal(size=layer.size))
            for layer in layers
        ]
    encoder = weights.draw_encoder(case, halves['encoder'], x)
    z = reference.encode(case, encoder, x)[0]
    return {
        'encoder': encoder,
        'decoder': weights.draw_decoder(case, halves['decoder'], z),
    }


def moved(halves, direction, size):
    """Return weights that are moved along a direction."""
    return {
        role: [
            tuple(a + size * b for a, b in zip(*pairs))
            for pairs in zip(halves[role], direction[role])
        ]
        for role in HALVES
    }


def inner_product(one, other):
    """Return the inner product of two lists of pairs of arrays."""
    products = []
    for pair in zip(one, other):
        products += [(left * right).sum() for left, right in zip(*pair)]
    return sum(products)


@pytest.mark.parametrize('task', range(4))
def test_gradients_are_the_slope_of_the_loss(task):
    case, rng = fixed(task, None)[0], np.random.default_rng(RNG_SEED)
    halves = drawn_weights(case, rng)
    x = rng.uniform(size=(4, *case.inputs))
    direction = {
        role: [
            tuple(rng.normal(size=part.shape) for part in pair)
            for pair in halves[role]
        ]
        for role in HALVES
    }
    found = reference.train(case, halves, x).gradients
    expected = sum(
        inner_product(found[role], direction[role]) for role in HALVES
    )
    size = 1e-8  # so that hardly a unit crosses the edge of its `relu`
    high, low = (
        float(reference.loss_of(case, moved(halves, direction, step), x))
        for step in (size, -size)
    )
    assert (high - low) / (2 * size) == pytest.approx(expected, rel=1e-3)


def test_loss_of_the_variational_autoencoder_is_its_formula():
    case, rng = fixed(3, None)[0], np.random.default_rng(RNG_SEED)
    halves = drawn_weights(case, rng)
    x, noises = rng.uniform(size=(5, 30)), rng.normal(size=(5, 13))
    mean, log_variance = reference.encode(case, halves['encoder'], x)
    z = mean + np.exp(log_variance / 2) * noises
    y = reference.decode(case, halves['decoder'], z)
    entropy = -(x * np.log(y) + (1 - x) * np.log(1 - y)).sum(1)
    kl = 0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(1)
    found = float(reference.loss_of(case, halves, x, noises))
    assert found == pytest.approx((entropy + kl).mean(), rel=1e-9)


@pytest.mark.parametrize('task', range(4))
def test_models_of_the_project_give_what_the_reference_gives(task):
    case, rng = fixed(task, None)[0], np.random.default_rng(RNG_SEED)
    module = ('0-vanilla', '1-sparse', '2-convolutional', '3-variational')
    models = __import__(module[task]).autoencoder(*case.values)
    halves = drawn_weights(case, rng)
    for role, model in zip(HALVES, models):
        model.set_weights([part for pair in halves[role] for part in pair])
    x = rng.uniform(size=(3, *case.inputs)).astype('float32')
    found = models[0](x)
    found = found[1:] if task == 3 else [found]
    expected = reference.encode(case, halves['encoder'], x)
    for one, other in zip(found, expected):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)
    z = rng.normal(size=(3, *case.code)).astype('float32')
    expected = reference.decode(case, halves['decoder'], z)
    np.testing.assert_allclose(models[1](z), expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize('amsgrad', (False, True))
def test_adam_is_that_of_keras(amsgrad):
    rng = np.random.default_rng(RNG_SEED)
    gradients = rng.normal(size=(4, 3)).astype('float32')
    optimizer = tf.keras.optimizers.Adam(0.01, amsgrad=amsgrad)
    variable = tf.Variable(np.zeros(3, 'float32'))
    if KERAS_VERSION >= (3, 0):
        variable = tf.keras.Variable(np.zeros(3, 'float32'))
    for gradient in gradients:
        optimizer.apply_gradients([(tf.constant(gradient), variable)])
    steps = [(g, place, 0.01) for place, g in enumerate(gradients, 1)]
    expected = sum(formulas.adam(steps, 0.9, 0.999, 1e-7, amsgrad))
    np.testing.assert_allclose(variable.numpy(), expected, rtol=1e-4)


@pytest.mark.parametrize('task', range(4))
def test_units_in_another_scale_give_the_same(task):
    case, rng = fixed(task, None)[0], np.random.default_rng(RNG_SEED)
    pairs = drawn_weights(case, rng)['decoder']
    z = rng.normal(size=(5, *case.code))
    expected = reference.decode(case, pairs, z)
    scaled = weights.scale_units(case, 'decoder', pairs, rng)
    largest = max(abs(kernel).max() for kernel, _ in scaled)
    assert largest > 100 * max(abs(kernel).max() for kernel, _ in pairs)
    found = reference.decode(case, scaled, z)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_biases_may_come_before_kernels():
    layers = Arguments(0, SEVERAL[0]).layers('encoder')
    shapes = [
        shape for layer in layers for shape in ((layer.size,), layer.kernel)
    ]
    layout, *_ = weights.layouts(layers, shapes)
    assert layout.places == ((1, 0), (3, 2), (5, 4), (7, 6), (9, 8))


def test_a_window_of_zeros_is_far_from_another_maximum():
    x = np.array([[0, 0, 1, 3], [0, 0, 2.5, 0]]).reshape(1, 2, 4, 1)
    assert reference._gaps(x).ravel().tolist() == [np.inf, 0.5]


def test_other_layers_have_no_layout():
    layers = Arguments(0, SEVERAL[0]).layers('encoder')
    assert not weights.layouts(layers, [(30, 5), (5,)])


@pytest.mark.parametrize('task', range(4))
def test_drawn_arguments_have_one_reading(task):
    for seed in range(50):
        many, few, script = arguments(task, np.random.default_rng(seed))
        distinct = list(dict.fromkeys(many.sizes))
        assert unsorted(distinct) and many.sizes != many.sizes[::-1]
        assert script.main and few.brief and not many.brief
        if task != 2:
            assert many.code[0] > many.sizes[-1]


IDEAL = np.random.default_rng(RNG_SEED).normal(size=(4000, 3))


@pytest.mark.parametrize(
    'made, found',
    [
        (IDEAL, ''),
        (IDEAL + 0.1, 'mean'),
        (IDEAL * 0.95, 'deviation'),
        (
            np.random.default_rng(2).uniform(-1, 1, IDEAL.shape) * 3**0.5,
            'shape',
        ),
        (np.repeat(IDEAL[:, :1], 3, axis=1), 'shared'),
        (np.repeat(IDEAL[:2000], 2, axis=0), 'shared'),
        (np.concatenate([IDEAL[:2000]] * 2), 'shared'),
        # Rows 1 and 2 are the same, 3 and 4, and so on.
        (np.repeat(IDEAL[:2001], 2, axis=0)[1:-1], 'shared'),
        (IDEAL * np.inf, 'infinite'),
    ],
)
def test_noise_that_is_not_ideal_is_told(made, found):
    assert noise.unlike(made) == found


def test_samples_of_two_distributions_differ():
    rng = np.random.default_rng(RNG_SEED)
    one, other = rng.normal(size=(2, 4, 2000, 5))
    assert not noise.differ(one, other)
    assert noise.differ(one, 0.8 * other)
    assert noise.differ(one, other + 0.3)


@pytest.mark.parametrize('order', [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_order_of_outputs_is_found(order):
    rng = np.random.default_rng(RNG_SEED)
    mean, log_variance = rng.normal(size=(2, 8, 1, 3)) * np.ones((300, 1))
    calls = []
    for _ in range(2):
        z = mean + np.exp(log_variance / 2) * rng.normal(size=mean.shape)
        outputs = [None] * 3
        for place, values in zip(order, (z, mean, log_variance)):
            outputs[place] = values
        calls.append(outputs)
    assert noise.outputs(*calls) == order
