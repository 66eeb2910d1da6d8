"""Pages and models for the tests, and what Keras and NumPy say of them."""

import contextlib
import functools
import json

import numpy as np
import tensorflow as tf
from tensorflow import keras

from common.digits import OFFLINE, load_digits, scaled
from conftest import ROOT, build, build_learner
from page import page
from page.contents import describe
from page.recorder import EPOCHS

# Beside those of the assignment, models of other sizes.
OTHERS = {
    'vanilla-no-hidden': ('0-vanilla', 784, [], 10),
    'vanilla-2': ('0-vanilla', 784, [16], 2),
    'sparse-wide': ('1-sparse', 784, [64], 100, 0.003),
    'convolutional-filters': (
        '2-convolutional',
        (28, 28, 1),
        [4, 6, 3],
        (4, 4, 3),
    ),
    'variational-5': ('3-variational', 784, [], 5),
    'variational-1': ('3-variational', 784, [32], 1),
}
LARGE = {'vanilla-2000': ('0-vanilla', 784, [16], 2000)}
# Of the values of a code, these never fire.
DEAD = [1, 4, 5]
SPY = (ROOT / 'tests' / 'spy.js').read_text('utf-8')


@functools.cache
def digits():
    """Return 500 digits (500, 784) in [0, 1] and their labels."""
    (x, labels), _ = load_digits(OFFLINE, (784,))
    return scaled(x[:500]), labels[:500]


def held():
    """Return the hundred digits that a page holds: 0 to 9, again."""
    x, labels = digits()
    ten = np.array([x[labels == label][:10] for label in range(10)])
    return ten.swapaxes(0, 1).reshape(100, 784)


@functools.cache
def models(name):
    """Return the encoder and decoder of a name, with lively weights.

    They take no training: weights far from 0 make codes and reconstructions
    that differ from digit to digit.
    """
    if name == 'no-bias':
        encoder = without_bias(784, 9, 'tanh')
        decoder = without_bias(9, 784, 'sigmoid')
    elif name.startswith('learner '):
        encoder, decoder, _ = build_learner(name.split()[1])
    else:
        encoder, decoder, _ = build(*{**OTHERS, **LARGE}.get(name, (name,)))
    rng = np.random.default_rng(0)
    for layer in [*leaves(encoder), *leaves(decoder)]:
        if layer.get_weights():
            kernel, *biases = layer.get_weights()
            if kernel.shape[-1] == 784:  # large spots, not noise
                spots = rng.normal(size=(len(kernel), 4, 4))
                kernel = np.kron(spots, np.ones((7, 7))).reshape(kernel.shape)
            kernel *= 1.5 / (kernel.std() * np.sqrt(kernel[..., 0].size))
            bias = rng.normal(size=kernel.shape[-1], scale=0.3)
            if layer.name == 'log_variance':
                kernel, bias = 0.3 * kernel, bias - 2
            if layer.name == 'latent' and len(bias) > 8:
                kernel[..., DEAD], bias[DEAD] = 0, -1
            elif layer.name == 'latent':
                bias += 1.5  # all of few values fire
            layer.set_weights([kernel, bias][: 1 + len(biases)])
    return encoder, decoder


def leaves(model):
    """Return the layers of a model, and those of models in it."""
    found = []
    for layer in model.layers:
        found += leaves(layer) if hasattr(layer, 'layers') else [layer]
    return found


def without_bias(inputs, outputs, activation):
    """Return a model of one dense layer without a bias."""
    keras.utils.set_random_seed(0)
    x = keras.Input((inputs,))
    return keras.Model(
        x, keras.layers.Dense(outputs, activation, use_bias=False)(x)
    )


def run(model, x):
    """Return the outputs of a model as arrays, for digits of any shape."""
    with contextlib.suppress(AttributeError):  # of a learner's class
        x = np.reshape(x, (-1, *model.input_shape[1:]))
    return tf.nest.map_structure(np.asarray, model(x))


def locate(encoder, x):
    """Return codes (n, values); of the variational encoder, the means."""
    outputs = run(encoder, x)
    code = outputs[1] if isinstance(outputs, (list, tuple)) else outputs
    return code.reshape(len(code), -1)


def decode(decoder, codes):
    """Return reconstructions (n, 784) of codes (n, values)."""
    return run(decoder, codes).reshape(-1, 784)


@functools.cache
def unfolded(name):
    """Return a record of a training of a model, at random."""
    rng = np.random.default_rng(1)
    size = locate(models(name)[0], digits()[0][:1]).size
    count = 4 if 'variational' in name else 2
    losses = np.outer(1 / np.arange(1, 51), np.arange(1, count + 1))
    losses[3] = np.nan
    return {
        'epochs': EPOCHS,
        'losses': losses,
        'images': rng.integers(0, 256, (len(EPOCHS), 10, 784), 'uint8'),
        'labels': np.arange(40) % 10,
        **(
            {'codes': rng.uniform(1, 9, (len(EPOCHS), 40, 2))}
            if size == 2
            else {'usage': rng.random((len(EPOCHS), size))}
        ),
    }


def write(folder, name):
    """Write the page of a model, with the record of a training."""
    np.savez(folder / f'{name}.npz', **unfolded(name))
    file = folder / f'{name}.html'
    file.write_text(
        seen(
            page(
                name,
                [described(name, folder / f'{name}.npz')],
                *digits(),
            )
        ),
        'utf-8',
    )
    return file


def described(name, *options):
    """Return what a page has of a model."""
    return describe(name, *models(name), *digits(), *options)


def seen(text):
    """Return the text of a page so that the tests see into its script."""
    # What is in a module is not to be seen from outside.
    return text.replace('<script type="module">', f'<script>\n{SPY}')


# Waits until all is computed and drawn.
SETTLED = """new Promise(resolve => {
    const look = () => document.readyState === 'complete' && !stale.size
        && sharp.every(one => one) ? resolve('') : requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(look));
})"""


def wait_until(tab, condition):
    """Wait until an expression is true, frame by frame.

    Playwright's `wait_for_function` would evaluate it again within the page,
    which does not allow that.
    """
    tab.evaluate(f"""new Promise(resolve => {{
        const look = () => {condition} ? resolve('')
            : requestAnimationFrame(look);
        look();
    }})""")


def values(tab, selector):
    """Return the values that canvases show, an array (n, values)."""
    tab.evaluate(SETTLED)
    return np.array(
        tab.evaluate(
            'name => [...document.querySelectorAll(name)].map(one => '
            'one.shown)',
            selector,
        ),
        float,
    )


def calls(tab, selector, *names):
    """Return the calls of some names on a canvas, since it was cleared."""
    tab.evaluate(SETTLED)
    found = json.loads(
        tab.evaluate(
            'name => JSON.stringify(document.querySelector(name).calls)',
            selector,
        )
    )
    return [call for call in found if call['name'] in names]
