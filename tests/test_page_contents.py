"""Tests of what a page holds, without a browser."""

import re
from pathlib import Path

import numpy as np
import pytest
from tensorflow import keras

import page
import pages
from conftest import MODULES, ROOT, build
from page import networks
from page.contents import choose, describe, round_weights
from page.networks import ACTIVATIONS, LAYERS

SOURCE = ROOT / 'mains' / 'page'


def test_page_holds_ten_of_each_digit():
    x, labels = pages.digits()
    chosen, of = choose(x, labels, 100)
    assert of.tolist() == [i % 10 for i in range(100)]
    np.testing.assert_array_equal(chosen, np.rint(pages.held() * 255))


def test_page_takes_what_digits_there_are(tmp_path):
    encoder, decoder, _ = build('0-vanilla', 784, [], 2)
    digits = np.linspace(0, 1, 3 * 784).reshape(3, 784)
    page.write_page(
        tmp_path / 'few.html',
        'Few & <small>',
        encoder,
        decoder,
        digits,
        np.array([7, 7, 1]),
    )
    text = (tmp_path / 'few.html').read_text('utf-8')
    assert '"labels": [1, 7, 7]' in text
    assert '<title>Few &amp; &lt;small&gt;</title>' in text


@pytest.mark.parametrize('name', ['0-vanilla', '3-variational'])
def test_pages_are_small(tmp_path, name):
    page.write_page(
        tmp_path / 'a.html', name, *pages.models(name), *pages.digits()
    )
    assert (tmp_path / 'a.html').stat().st_size < 2_600_000


def chain(*layers):
    """Return a model from 784 to 784 values, with some layers in between."""
    return keras.Sequential(
        [keras.Input((784,)), *layers, keras.layers.Dense(784)]
    )


class Own(keras.layers.Dense):
    """Computes something else than the layer that it extends."""

    def call(self, x):
        """Return other values."""
        return super().call(x) + 1


def relu(x):
    """Return something else than the activation of this name."""
    return 2 * x


UNKNOWN = {
    'the layer `odd` of type BatchNormalization': (
        lambda: chain(keras.layers.BatchNormalization(name='odd'))
    ),
    "the layer `odd` of type Dense with activation='softmax'": (
        lambda: chain(keras.layers.Dense(9, 'softmax', name='odd'))
    ),
    "the layer `odd` of type Dense with activation='relu'": (
        lambda: chain(keras.layers.Dense(9, relu, name='odd'))
    ),
    'the layer `odd` of type Own': lambda: chain(Own(9, name='odd')),
    'the layer `odd` of type Dense with an output of the shape (28, 3)': (
        lambda: chain(
            keras.layers.Reshape((28, 28)),
            keras.layers.Dense(3, name='odd'),
            keras.layers.Flatten(),
        )
    ),
    'the layer `odd` of type Conv2D with dilation_rate=(2, 2)': (
        lambda: chain(
            keras.layers.Reshape((28, 28, 1)),
            keras.layers.Conv2D(
                1, 3, dilation_rate=2, padding='same', name='odd'
            ),
            keras.layers.Flatten(),
        )
    ),
}


@pytest.mark.parametrize('says, make', UNKNOWN.items(), ids=UNKNOWN)
def test_what_is_unknown_is_named_and_has_values_instead(says, make):
    _, decoder, _ = build('0-vanilla', 784, [], 784)
    odd = make()
    as_encoder = describe('A', odd, decoder, *pages.digits())
    as_decoder = describe('A', decoder, odd, *pages.digits())
    for network, other in (
        (as_encoder['encoder'], as_encoder['decoder']),
        (as_decoder['decoder'], as_decoder['encoder']),
    ):
        assert network['unknown'] == says
        assert [layer['type'] for layer in network['layers']] == [
            'InputLayer',
            'Values',
        ]
        assert other['unknown'] is None


def test_other_sizes_of_digits_are_refused():
    encoder, decoder, _ = build('0-vanilla', 100, [], 2)
    with pytest.raises(ValueError, match='784 values. Received: 100'):
        describe('Small', encoder, decoder, *pages.digits())


@pytest.mark.parametrize('name', MODULES)
def test_eight_bits_hold_weights_to_a_part_of_their_largest(name, monkeypatch):
    encoder, _ = pages.models(name)
    monkeypatch.setattr(networks, 'LEAST_WEIGHTS_IN_8_BITS', 0)
    copy = keras.models.clone_model(encoder)
    copy.set_weights(encoder.get_weights())
    round_weights(copy, 8)
    for layer, rounded in zip(encoder.layers, copy.layers):
        for weights, near in zip(layer.get_weights(), rounded.get_weights()):
            largest = np.abs(weights).reshape(-1, weights.shape[-1]).max(0)
            assert (np.abs(weights - near) <= 0.501 / 127 * largest).all()
    assert any(
        (a != b).any()
        for a, b in zip(encoder.get_weights(), copy.get_weights())
    )


def names(file, table):
    """Return the names in a table of one of the scripts."""
    script = (SOURCE / file).read_text('utf-8')
    body = re.search(rf'const {table} = {{\n(.*?)\n}};', script, re.S)[1]
    return set(re.findall(r'^  (\w+)[:(]', body, re.M))


def test_the_scripts_know_the_layers_that_python_lets_through():
    known = {*LAYERS, 'SamplingWithKL', 'Values'}
    assert names('model.js', 'LAYERS') == known
    assert names('layers.js', 'KINDS') == known
    assert names('model.js', 'ACTIVATIONS') == set(ACTIVATIONS)


def test_all_scripts_are_in_the_page():
    assert {f'{name}.js' for name in page.SCRIPTS} == {
        file.name for file in SOURCE.glob('*.js')
    }


def test_the_source_needs_nothing_else():
    for file in SOURCE.iterdir():
        if file.suffix in ('.html', '.css', '.js'):
            text = Path(file).read_text('utf-8')
            assert not re.search(
                r'https?:|@import|url\(|\bimport\b|fetch\(|'
                r'XMLHttp|src=|getImageData',
                text,
            )
