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


@pytest.mark.parametrize('module', MODULES)
def test_learns_real_digits(module, digits):
    *_, auto = build(module)
    x = digits(module, 400)
    history = auto.fit(x, x, epochs=3, batch_size=20, verbose=0).history
    assert history['loss'][2] < 0.8 * history['loss'][0]
    # Every weight takes part in it.
    for old, new in zip(build(module)[-1].get_weights(), auto.get_weights()):
        assert (old != new).any()


def test_modules_and_mains_can_be_run_as_programs():
    files = [*ROOT.glob('[0-3]-*.py'), *ROOT.glob('mains/[0-3]-main.py')]
    assert len(files) == 8
    for file in files:
        assert file.stat().st_mode & stat.S_IXUSR, file
        assert file.read_text().startswith('#!/usr/bin/env python3\n'), file
