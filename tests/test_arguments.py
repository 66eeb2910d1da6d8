"""Bad arguments are answered: which one, what it should be, what came in."""
import re
import warnings

import numpy as np
import pytest
import tensorflow as tf
from conftest import ARGUMENTS, MODULES, build
from hypothesis import given, settings
from hypothesis import strategies as st

NOT_SIZES = [0, -1, 2.5, 32.0, True, '32', None, float('nan'), np.float32(3),
             np.bool_(True), [], [32], np.array([3]), {}, 2 ** 40, 1j, b'3']
NOT_LISTS = [5, None, 'abc', '', b'\x05', {}, {5}, 3.5, True, np.array(3),
             np.array([[3, 4]]), [[3]], iter([3]), float('nan')]
NOT_WEIGHTS = [-1e-9, -1, float('nan'), float('inf'), None, '0.1', True, [0.1],
               np.array([0.1]), 1j, np.bool_(False)]
NOT_SHAPES = NOT_LISTS + [(), (28, 28), (28, 28, 1, 1), (28, 28, 0),
                          (28, -28, 1), (28.0, 28, 1), (28, 28, True),
                          (28, 28, None), ('28', 28, 1)]


def cases():
    """Return module, parameter and value of each bad argument."""
    for module in MODULES:
        if module == '2-convolutional':
            bad = {'input_dims': NOT_SHAPES, 'latent_dims': NOT_SHAPES,
                   'filters': NOT_LISTS + [[], (), np.array([], int)]}
            inside = 'filters'
        else:
            bad = {'input_dims': NOT_SIZES, 'latent_dims': NOT_SIZES,
                   'hidden_layers': NOT_LISTS}
            inside = 'hidden_layers'
        bad[inside] = bad[inside] + [[16, size] for size in NOT_SIZES]
        if module == '1-sparse':
            bad['lambtha'] = NOT_WEIGHTS
        for name, values in bad.items():
            for number, value in enumerate(values):
                # Not the value itself, whose text may have an address.
                yield pytest.param(module, name, value,
                                   id=f'{module}-{name}-{number}')


def parameters(module):
    """Return the assignment's arguments of a module by name."""
    code = __import__(module).autoencoder.__code__
    return dict(zip(code.co_varnames, ARGUMENTS[module]))


@pytest.mark.parametrize('module, name, value', list(cases()))
def test_bad_argument(module, name, value):
    arguments = {**parameters(module), name: value}
    with pytest.raises((ValueError, TypeError)) as error:
        __import__(module).autoencoder(**arguments)
    message = str(error.value)
    assert f'`{name}`, expected ' in message
    assert message.endswith(f'Received: {name}={value!r}')


def test_latent_shape_that_the_encoder_does_not_produce():
    expected = r'`latent_dims`.*\(4, 4, 8\).*\(7, 7, 8\)'
    with pytest.raises(ValueError, match=expected):
        build('2-convolutional', (28, 28, 1), [16, 8, 8], (7, 7, 8))


def test_image_too_small_for_the_decoder():
    with pytest.raises(ValueError, match=r'`latent_dims`.*\(2, 2, 8\)'):
        build('2-convolutional', (4, 4, 1), [8], (2, 2, 8))


SIZE = st.one_of(st.integers(1, 12), st.integers(-2, 70), st.integers(),
                 st.booleans(), st.floats(), st.none(), st.text(max_size=3),
                 st.just(np.int32(4)), st.just(np.array([1, 2])))
LIST = st.one_of(st.lists(st.integers(1, 9), max_size=4),
                 st.lists(SIZE, max_size=4), SIZE,
                 st.lists(st.integers(1, 60), max_size=4).map(tuple),
                 st.dictionaries(st.integers(), st.integers(), max_size=2))
SHAPE = st.one_of(st.tuples(*[st.integers(1, 40)] * 2, st.integers(1, 3)),
                  LIST)
WEIGHT = st.one_of(st.floats(0, 10), st.floats(), SIZE)


def models_or_a_clear_error(module, **arguments):
    """Check that a call gives models as promised, or names an argument."""
    # Integers may ask for more memory than there is, which is no bad value.
    flat = [n for value in arguments.values()
            for n in (value if isinstance(value, (list, tuple)) else [value])
            if isinstance(n, int)]
    if any(200 < n < 2 ** 31 for n in flat):
        return
    tf.keras.backend.clear_session()
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        warnings.simplefilter('ignore', DeprecationWarning)  # Keras 2.15
        warnings.filterwarnings('default', '`input_dims`', UserWarning)
        try:
            models = __import__(module).autoencoder(**arguments)
        except (TypeError, ValueError) as error:
            name = re.search('`(.*?)`', str(error)).group(1)
            assert name in arguments
            return
    encoder, decoder, auto = models
    inputs = tuple(np.atleast_1d(arguments['input_dims']))
    code = tuple(np.atleast_1d(arguments['latent_dims']))
    outputs = encoder.output_shape
    assert (outputs[0] if isinstance(outputs, list) else outputs) in (
        (None, *code), ((None, *code),) * 3)
    assert encoder.input_shape == auto.input_shape == (None, *inputs)
    assert decoder.input_shape == (None, *code)
    assert decoder.output_shape == auto.output_shape


HYPOTHESIS = settings(max_examples=25, deadline=None, derandomize=True)


@pytest.mark.parametrize('module', ['0-vanilla', '3-variational'])
def test_any_sizes(module):
    @HYPOTHESIS
    @given(input_dims=SIZE, hidden_layers=LIST, latent_dims=SIZE)
    def run(**arguments):
        models_or_a_clear_error(module, **arguments)
    run()


@HYPOTHESIS
@given(input_dims=SIZE, hidden_layers=LIST, latent_dims=SIZE, lambtha=WEIGHT)
def test_any_sizes_and_weight(**arguments):
    models_or_a_clear_error('1-sparse', **arguments)


@HYPOTHESIS
@given(st.data(), SHAPE, LIST, SHAPE)
def test_any_shapes(data, input_dims, filters, latent_dims):
    if data.draw(st.booleans()) and isinstance(input_dims, tuple) and filters:
        # Without help, hardly a draw is the shape that the encoder produces.
        height, width = (-(-n // 2 ** len(filters)) for n in input_dims[:2]
                         ) if isinstance(filters, list) else (1, 1)
        latent_dims = (height, width, np.atleast_1d(filters)[-1])
    models_or_a_clear_error('2-convolutional', input_dims=input_dims,
                            filters=filters, latent_dims=latent_dims)
