"""The models are what the assignment says: layers, shapes, shared weights."""
import warnings

import numpy as np
import pytest
import tensorflow as tf
from conftest import ARGUMENTS, MODULES, ROOT, STOCK, build, run_python

keras = tf.keras
DENSE = ['0-vanilla', '1-sparse', '3-variational']
SIZES = [(784, [128, 64], 32), (20, [], 3), (6, [50, 4, 9], 7), (1, [1], 1)]
IMAGES = [((28, 28, 1), [16, 8, 8], (4, 4, 8)),
          ((28, 28, 3), [4, 5, 6], (4, 4, 6)),
          ((60, 28, 2), [3, 2, 1], (8, 4, 1))]


def arguments(module, sizes):
    """Return `sizes` as the arguments of a module."""
    return (*sizes, 1e-3) if module == '1-sparse' else sizes


def cases():
    """Return each module with several sets of arguments."""
    return [(module, arguments(module, sizes))
            for module in DENSE for sizes in SIZES] + [
                ('2-convolutional', sizes) for sizes in IMAGES]


def layers_of(model, kind):
    """Return the layers of a model that are of a kind, in order."""
    return [layer for layer in model.layers if isinstance(layer, kind)]


def activations(model, kind):
    """Return the names of the activations of a model's layers."""
    return [layer.activation.__name__ for layer in layers_of(model, kind)]


@pytest.mark.parametrize('module, args', cases())
def test_shapes(module, args):
    encoder, decoder, auto = build(module, *args)
    inputs = np.atleast_1d(args[0])
    code = np.atleast_1d(args[2])
    x = np.random.default_rng(0).random((3, *inputs), 'float32')
    codes = encoder.predict(x, verbose=0)
    if module == '3-variational':
        assert [c.shape for c in codes] == [(3, *code)] * 3
        codes = codes[0]
    assert codes.shape == (3, *code)
    assert decoder.predict(codes, verbose=0).shape == x.shape
    assert auto.predict(x, verbose=0).shape == x.shape


@pytest.mark.parametrize('sizes', SIZES)
@pytest.mark.parametrize('module', DENSE)
def test_dense_layers(module, sizes):
    encoder, decoder, _ = build(module, *arguments(module, sizes))
    inputs, hidden, code = sizes
    dense = keras.layers.Dense
    units = [layer.units for layer in layers_of(encoder, dense)]
    relus = ['relu'] * len(hidden)
    if module == '3-variational':
        assert units == [*hidden, code, code]
        assert activations(encoder, dense) == relus + ['linear'] * 2
    else:
        assert units == [*hidden, code]
        assert activations(encoder, dense) == relus + ['relu']
    units = [layer.units for layer in layers_of(decoder, dense)]
    assert units == [*reversed(hidden), inputs]
    assert activations(decoder, dense) == relus + ['sigmoid']


@pytest.mark.parametrize('args', IMAGES)
def test_convolutional_layers(args):
    encoder, decoder, _ = build('2-convolutional', *args)
    filters = args[1]
    conv = keras.layers.Conv2D
    kinds = [type(layer).__name__ for layer in encoder.layers]
    assert kinds == ['InputLayer'] + ['Conv2D', 'MaxPooling2D'] * len(filters)
    kinds = [type(layer).__name__ for layer in decoder.layers]
    assert kinds == (['InputLayer'] + ['Conv2D', 'UpSampling2D']
                     * len(filters) + ['Conv2D'])
    assert activations(encoder, conv) == ['relu'] * len(filters)
    assert activations(decoder, conv) == ['relu'] * len(filters) + ['sigmoid']
    encoding, decoding = layers_of(encoder, conv), layers_of(decoder, conv)
    assert [layer.filters for layer in encoding] == filters
    assert ([layer.filters for layer in decoding]
            == [*reversed(filters), args[0][-1]])
    assert {layer.kernel_size for layer in encoding + decoding} == {(3, 3)}
    assert {layer.padding for layer in encoding} == {'same'}
    paddings = [layer.padding for layer in decoding]
    assert paddings == ['same'] * (len(filters) - 1) + ['valid', 'same']
    for layer in layers_of(encoder, keras.layers.MaxPooling2D):
        assert (layer.pool_size, layer.padding) == ((2, 2), 'same')
    for layer in layers_of(decoder, keras.layers.UpSampling2D):
        assert tuple(layer.size) == (2, 2)


@pytest.mark.parametrize('size', [28, 60])
def test_convolutional_gives_back_sizes_that_add_up(size):
    with warnings.catch_warnings():
        warnings.simplefilter('error', UserWarning)
        _, decoder, _ = build('2-convolutional', (size, size, 1), [4, 4, 4],
                              (-(-size // 8), -(-size // 8), 4))
    assert decoder.output_shape == (None, size, size, 1)


def test_convolutional_warns_of_sizes_that_do_not_add_up():
    with pytest.warns(UserWarning, match=r'\(32, 32, 1\).*\(28, 28, 1\)'):
        encoder, decoder, _ = build('2-convolutional', (32, 32, 1), [4, 4, 4],
                                    (4, 4, 4))
    assert encoder.output_shape == (None, 4, 4, 4)
    assert decoder.output_shape == (None, 28, 28, 1)


@pytest.mark.parametrize('module', MODULES)
def test_compiled_as_the_assignment_says(module):
    _, _, auto = build(module)
    assert auto.loss == 'binary_crossentropy'
    assert type(auto.optimizer) is keras.optimizers.Adam
    config = auto.optimizer.get_config()
    default = keras.optimizers.Adam(name=config['name']).get_config()
    assert config == pytest.approx(default)


@pytest.mark.parametrize('module', MODULES)
def test_initial_weights_are_keras_defaults(module):
    encoder, decoder, _ = build(module)
    for layer in encoder.layers + decoder.layers:
        if layer.weights:
            kernel = type(layer.kernel_initializer).__name__
            bias = type(layer.bias_initializer).__name__
            assert (kernel, bias) == ('GlorotUniform', 'Zeros')


@pytest.mark.parametrize('module', MODULES)
def test_auto_is_the_decoder_after_the_encoder(module, digits):
    encoder, decoder, auto = build(module)
    assert [layer is part for layer, part
            in zip(auto.layers[1:], (encoder, decoder))] == [True, True]
    assert len(auto.layers) == 3
    assert [m.name for m in (encoder, decoder, auto)] == [
        'encoder', 'decoder', 'autoencoder']
    for model in (encoder, decoder, auto):
        assert model.summary(print_fn=lambda *_, **__: None) is None
    x = digits(module, 64)
    before = [w.copy() for m in (encoder, decoder) for w in m.get_weights()]
    auto.fit(x, x, verbose=0)
    after = [w for m in (encoder, decoder) for w in m.get_weights()]
    assert all((a != b).any() for a, b in zip(before, after))
    if module in STOCK:
        np.testing.assert_array_equal(
            auto.predict(x, verbose=0),
            decoder.predict(encoder.predict(x, verbose=0), verbose=0))


@pytest.mark.parametrize('module', MODULES)
def test_output_is_in_0_to_1_and_codes_are_not_negative(module, digits):
    encoder, _, auto = build(module)
    x = digits(module, 100)
    auto.fit(x, x, epochs=2, verbose=0)
    y = auto.predict(x, verbose=0)
    assert 0 <= y.min() < y.max() <= 1
    if module in STOCK:
        assert encoder.predict(x, verbose=0).min() >= 0


@pytest.mark.parametrize('module', MODULES)
def test_learns_real_digits(module, digits):
    _, _, auto = build(module)
    x = digits(module)
    losses = auto.fit(x, x, epochs=3, batch_size=50, verbose=0).history['loss']
    assert losses[2] < 0.8 * losses[0]


@pytest.mark.parametrize('kind', [list, tuple, np.array])
@pytest.mark.parametrize('module', MODULES)
def test_takes_sequences_and_numpy_and_leaves_them_alone(module, kind):
    inputs, hidden, code, *lambtha = ARGUMENTS[module]
    args = [np.int64(a) if isinstance(a, int) else kind(a)
            for a in (inputs, hidden, code)] + [np.float32(a) for a in lambtha]
    before = [np.copy(a) for a in args]
    encoder, _, _ = build(module, *args)
    for a, b in zip(args, before):
        np.testing.assert_array_equal(a, b)
    assert encoder.count_params() == build(module)[0].count_params()


def test_each_module_works_alone_in_an_empty_folder(tmp_path):
    script = tmp_path / 'main.py'
    script.write_text(
        'import sys\n'
        f'for module, args in {ARGUMENTS!r}.items():\n'
        f'    sys.path[:1] = [{str(tmp_path)!r} + "/" + module]\n'
        '    models = __import__(module).autoencoder(*args)\n'
        '    print(module, *[model.name for model in models])\n')
    for module in MODULES:
        (tmp_path / module).mkdir()
        (tmp_path / module / f'{module}.py').write_text(
            (ROOT / f'{module}.py').read_text())
    assert run_python(script).stdout.splitlines() == [
        f'{module} encoder decoder autoencoder' for module in MODULES]


@pytest.mark.parametrize('module', MODULES)
def test_parameters_are_named_as_in_the_assignment(module):
    function = __import__(module).autoencoder
    names = function.__code__.co_varnames[:function.__code__.co_argcount]
    hidden = 'filters' if module == '2-convolutional' else 'hidden_layers'
    lambtha = ('lambtha',) if module == '1-sparse' else ()
    assert names == ('input_dims', hidden, 'latent_dims', *lambtha)
