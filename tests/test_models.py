"""What the checker does not ask of a solution, but holds for the modules."""

import stat

import pytest

from conftest import MODULES, ROOT, build


@pytest.mark.parametrize('module', MODULES)
def test_initial_weights_are_keras_defaults(module):
    encoder, decoder, _ = build(module)
    for layer in encoder.layers + decoder.layers:
        if layer.weights:
            kernel = type(layer.kernel_initializer).__name__
            bias = type(layer.bias_initializer).__name__
            assert (kernel, bias) == ('GlorotUniform', 'Zeros')


@pytest.fixture(scope='module', params=MODULES)
def trained(request, mnist):
    """Return a module, its model after three epochs, and their losses."""
    *_, auto = build(request.param)
    x = mnist[:400].reshape(-1, *auto.input_shape[1:])
    history = auto.fit(x, x, epochs=3, batch_size=20, verbose=0).history
    return request.param, auto, history['loss']


def test_learns_real_digits(trained):
    _, _, losses = trained
    assert losses[2] < 0.8 * losses[0]


def test_training_changes_every_array_of_weights(trained):
    module, auto, _ = trained
    *_, fresh = build(module)
    for old, new in zip(fresh.get_weights(), auto.get_weights()):
        assert (old != new).any()


def test_modules_and_mains_can_be_run_as_programs():
    files = [*ROOT.glob('[0-3]-*.py'), *ROOT.glob('mains/[0-3]-main.py')]
    assert len(files) == 8
    for file in files:
        assert file.stat().st_mode & stat.S_IXUSR, file
        assert file.read_text().startswith('#!/usr/bin/env python3\n'), file
