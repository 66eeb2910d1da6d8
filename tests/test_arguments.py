"""Arguments: bad ones are named, with what came in; good ones give models."""

import warnings

import numpy as np
import pytest

from conftest import ARGUMENTS, MODULES, build

NOT_SIZES = [
    0,
    -1,
    2.5,
    32.0,
    True,
    '32',
    None,
    float('nan'),
    np.float32(3),
    np.bool_(True),
    [],
    [32],
    np.array([3]),
    {},
    2**40,
    2**31,
    1j,
    b'3',
]
NOT_LISTS = [
    5,
    None,
    'abc',
    '',
    b'\x05',
    {},
    {5},
    {5: 6},
    3.5,
    True,
    np.array(3),
    np.array([[3, 4]]),
    [[3]],
    iter([3]),
    float('nan'),
    np.array([3.5]),
    *([16, size] for size in NOT_SIZES),
]
NOT_WEIGHTS = [
    -1e-9,
    -1,
    float('nan'),
    float('inf'),
    None,
    '0.1',
    True,
    [0.1],
    np.array([0.1]),
    1j,
    np.bool_(False),
]
NOT_SHAPES = [
    *NOT_LISTS,
    (),
    (28, 28),
    (28, 28, 1, 1),
    (28, 28, 0),
    (28, -28, 1),
    (28.0, 28, 1),
    (28, 28, True),
    (28, 28, None),
    ('28', 28, 1),
]
EMPTY = [[], (), np.array([], int)]


def bad_values():
    """Return module, parameter and the bad values for it."""
    for module in MODULES[::3] + ['1-sparse']:
        yield module, 'input_dims', NOT_SIZES
        yield module, 'hidden_layers', NOT_LISTS
        yield module, 'latent_dims', NOT_SIZES
    yield '1-sparse', 'lambtha', NOT_WEIGHTS
    yield '2-convolutional', 'input_dims', NOT_SHAPES
    yield '2-convolutional', 'filters', NOT_LISTS + EMPTY
    yield '2-convolutional', 'latent_dims', NOT_SHAPES


@pytest.mark.parametrize('module, name, values', bad_values())
def test_bad_argument(module, name, values):
    # By the names that the assignment gives.
    names = (
        'input_dims',
        ('filters' if module == '2-convolutional' else 'hidden_layers'),
        'latent_dims',
        'lambtha',
    )
    good = dict(zip(names, ARGUMENTS[module]))
    for value in values:
        with pytest.raises(ValueError) as error:
            __import__(module).autoencoder(**{**good, name: value})
        message = str(error.value)
        assert f'`{name}`, expected ' in message, value
        assert message.endswith(f'Received: {name}={value!r}')


def test_shapes_of_codes_that_do_not_fit():
    # The encoder does not produce it; the decoder cannot start from it.
    expected = r'`latent_dims`.*\(4, 4, 8\).*\(7, 7, 8\)'
    with pytest.raises(ValueError, match=expected):
        build('2-convolutional', (28, 28, 1), [16, 8, 8], (7, 7, 8))
    with pytest.raises(ValueError, match=r'`latent_dims`.*\(2, 2, 8\)'):
        build('2-convolutional', (4, 4, 1), [8], (2, 2, 8))


def test_a_code_that_is_too_small_is_told_with_its_upsampling():
    # Given a code of 1 x 1, which one layer makes 2 x 2, below 3 x 3.
    with pytest.raises(ValueError, match='kernel once upsampled by 2. Rec'):
        build('2-convolutional', (2, 2, 1), [4, 8], (1, 1, 8))


def test_a_warning_is_about_the_line_that_builds_the_models():
    with pytest.warns(UserWarning) as warned:
        __import__('2-convolutional').autoencoder(
            (32, 32, 1), [4, 4, 4], (4, 4, 4)
        )
    # Keras 2 warns of something else, too.
    (ours,) = [one for one in warned if 'input_dims' in str(one.message)]
    assert ours.filename == __file__


def test_convolutional_warns_of_sizes_that_do_not_add_up():
    with pytest.warns(UserWarning, match=r'\(32, 32, 1\).*\(28, 28, 1\)'):
        encoder, decoder, _ = build(
            '2-convolutional', (32, 32, 1), [4, 4, 4], (4, 4, 4)
        )
    assert encoder.output_shape == (None, 4, 4, 4)
    assert decoder.output_shape == (None, 28, 28, 1)


def good_arguments():
    """Return each module with several arguments."""
    for sizes in (
        (6, [50, 4, 9], 7),
        (1, [1], 1),
        (20, (), 3),
        (4, [], 50),
        (np.int64(9), np.array([5, 4]), np.int8(2)),
        (8, (np.int32(4), 3), 2),
    ):
        yield '0-vanilla', sizes
        yield '3-variational', sizes
    for weight in (0, 1, 0.25, np.float32(1e-3), np.int64(2)):
        yield '1-sparse', (7, [5], 3, weight)
    for shapes in (
        ((28, 28, 3), [4, 5, 6], (4, 4, 6)),
        ((60, 28, 2), (3, 2, 1), [8, 4, 1]),
        (np.array([28, 28, 1]), np.array([2, 3, 1]), np.array([4, 4, 1])),
        ([28, 28, np.int64(1)], [4, np.int32(4), 4], (4, 4, 4)),
    ):
        yield '2-convolutional', shapes


@pytest.mark.parametrize('module, args', good_arguments())
def test_models_of_good_arguments(module, args):
    before = [np.copy(arg) for arg in args]
    with warnings.catch_warnings():
        warnings.simplefilter('error', UserWarning)
        encoder, decoder, auto = build(module, *args)
    for arg, old in zip(args, before):
        np.testing.assert_array_equal(arg, old)
    assert [m.name for m in (encoder, decoder, auto)] == [
        'encoder',
        'decoder',
        'autoencoder',
    ]
    x = np.random.default_rng(0).random(
        (3, *np.atleast_1d(args[0])), 'float32'
    )
    codes = encoder(x)
    for code in codes if module == '3-variational' else [codes]:
        assert code.shape == (3, *np.atleast_1d(args[2]))
    assert decoder(code).shape == auto(x).shape == x.shape
