"""The mains: what a person types, what is drawn, and what is on the disk."""

import csv
import json
import os
import re
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from matplotlib.axes import Axes

from common import digits, training
from common.start import KERAS_VERSION
from conftest import (
    MODULES,
    STOCK,
    build,
    cross_entropy,
    divergence,
    loss_of,
    main_of,
    run_here,
    run_program,
    run_python,
    same_results,
)
from page import recorder

keras = tf.keras
FILES = {
    '.lock',
    'history.csv',
    'encoder.keras',
    'decoder.keras',
    'autoencoder.keras',
    'reconstructions.png',
    'unfolding.npz',
}
PLANE = {'manifold.png', 'latent.png'}
STEPS = 192 // 32
variational = pytest.mark.parametrize(
    'ended', ['3-variational'], indirect=True
)


def watch(patch):
    """Return what a main gives to `fit`, to matplotlib and to its page."""
    seen = SimpleNamespace(images=[], points=[], pages=[], fit=None)
    fit, imshow, scatter = keras.Model.fit, Axes.imshow, Axes.scatter

    def keep_fit(auto, batches, **options):
        count = options['steps_per_epoch'] * options['epochs']
        seen.fit = SimpleNamespace(
            compiled=auto.get_compile_config(),
            weights=auto.get_weights(),
            datasets=[batches, options['validation_data']],
            batches=[x.numpy() for x, _ in batches.take(count)],
        )
        return fit(auto, batches, **options)

    def keep_imshow(axis, image, **options):
        seen.images.append(np.copy(image))
        return imshow(axis, image, **options)

    def keep_scatter(axis, x, y, **options):
        seen.points.append((np.stack([x, y], 1), options['c']))
        return scatter(axis, x, y, **options)

    patch.setattr(keras.Model, 'fit', keep_fit)
    patch.setattr(Axes, 'imshow', keep_imshow)
    patch.setattr(Axes, 'scatter', keep_scatter)
    patch.setattr(
        recorder, 'write_page', lambda *args: seen.pages.append(args)
    )
    return seen


@pytest.fixture(scope='module', params=MODULES)
def ended(request, data, tmp_path_factory):
    """Return a main that has ended, and all that is to be seen of it.

    It trained for two epochs without XLA. The variational encoder drew 1
    wherever it drew a number.
    """
    module, output = request.param, tmp_path_factory.mktemp('ended')
    options = ['--epochs', 2, '--batch-size', 32, '--seed', 7]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, 'has_xla', lambda: False)
        patch.setattr(
            tf.random, 'normal', lambda shape, dtype: tf.ones(shape, dtype)
        )
        seen = watch(patch)
        done = run_here(module, *options, '--data', data, '--output', output)
        seen.__dict__.update(left(module, output, data))
    seen.module, seen.output, seen.done = module, output, done
    return seen


def left(module, output, data):
    """Return what a main has left: its models, its history and its digits."""
    encoder, _, auto = models = [
        keras.models.load_model(output / f'{name}.keras')
        for name in ('encoder', 'decoder', 'autoencoder')
    ]
    shape = auto.input_shape[1:]
    with np.load(data) as file:
        labels = file['y_test']
        train, test = (
            digits.scaled(file[f'x_{part}']).reshape(-1, *shape)
            for part in ('train', 'test')
        )
    with open(output / 'history.csv', newline='') as file:
        history = list(csv.DictReader(file))
    codes = encoder.predict(test, verbose=0)
    return {
        'models': models,
        'train': train,
        'test': test,
        'labels': labels,
        'history': history,
        # One array, or of the variational encoder three.
        'codes': codes,
        'code': codes[0] if module == '3-variational' else codes,
        'losses': [loss_of(module, models, x) for x in (train, test)],
    }


def assert_files(output, names):
    """Check that these files are there, and nothing of an interruption."""
    found = set(os.listdir(output))
    assert names <= found
    assert not [name for name in found if name.startswith(('new', 'inter'))]


def test_a_main_ends_well_and_leaves_its_files(ended):
    assert (ended.done.returncode, ended.done.stderr) == (0, '')
    assert_files(ended.output, FILES)
    plane = PLANE & set(os.listdir(ended.output))
    assert plane == (PLANE if ended.module == '3-variational' else set())


def test_training_starts_from_the_seed(ended):
    expected = build(ended.module, seed=7)[-1].get_weights()
    for got, weights in zip(ended.fit.weights, expected):
        np.testing.assert_array_equal(got, weights)


def test_an_epoch_has_all_training_digits_once(ended):
    assert len(ended.fit.batches) == 2 * STEPS
    digits_of_train = sorted(map(bytes, ended.train))
    for epoch in (ended.fit.batches[:STEPS], ended.fit.batches[STEPS:]):
        assert sorted(map(bytes, np.concatenate(epoch))) == digits_of_train
    assert int(ended.models[-1].optimizer.iterations) == 2 * STEPS


def test_it_is_compiled_for_speed_but_not_in_the_file(ended):
    calls = 1 if (3, 0) <= KERAS_VERSION < (3, 7) else STEPS
    assert ended.fit.compiled['steps_per_execution'] == calls
    saved = ended.models[-1].get_compile_config()
    assert saved['steps_per_execution'] in (1, None)
    assert saved['jit_compile'] in (None, False, 'auto')


def test_no_dataset_is_tuned_as_the_end_of_fit_would_wait_for_it(ended):
    for dataset in ended.fit.datasets:
        assert dataset.options().autotune.enabled is False


def test_the_history_has_the_loss_of_the_test_digits(ended):
    assert [row['epoch'] for row in ended.history] == ['0', '1']
    of_train, of_test = ended.losses
    assert of_train != pytest.approx(of_test, rel=1e-4)
    found = float(ended.history[-1]['val_loss'])
    assert found == pytest.approx(of_test, rel=1e-5)


def terms_of(ended):
    """Return both terms of the variational loss, computed with NumPy."""
    code, mean, log_variance = ended.codes
    images = ended.models[1].predict(code, verbose=0)
    return (
        cross_entropy(ended.test, images).sum(1).mean(),
        divergence(mean, log_variance).mean(),
    )


@variational
def test_the_history_has_both_terms_of_the_variational_loss(ended):
    last = ended.history[-1]
    terms = [
        float(last[f'val_{name}'])
        for name in ('cross_entropy', 'kl_divergence')
    ]
    assert terms == pytest.approx(terms_of(ended), rel=1e-5)


@variational
@pytest.mark.parametrize('name', ['val_cross_entropy', 'val_kl_divergence'])
def test_the_line_of_an_epoch_has_both_terms_too(ended, name):
    found = re.findall(rf'{name}: ([\d.]+)', ended.done.stdout)
    # On a terminal, Keras writes a line again and again.
    printed = {float(number) for number in found}
    assert len(found) >= len(ended.history)
    for row in ended.history:
        assert float(row[name]) == pytest.approx(
            min(printed, key=lambda one: abs(one - float(row[name]))),
            abs=1e-3,
        )


@variational
def test_the_record_of_the_training_has_both_terms_too(ended):
    with np.load(ended.output / 'unfolding.npz') as file:
        losses = file['losses']
    expected = [
        [float(loss) for name, loss in row.items() if name != 'epoch']
        for row in ended.history
    ]
    np.testing.assert_allclose(losses, expected)


def test_ten_digits_are_drawn_over_their_reconstructions(ended):
    images = ended.models[1].predict(ended.code[:10], verbose=0)
    np.testing.assert_allclose(
        np.reshape(ended.images[:20], (20, -1)),
        np.concatenate([ended.test[:10], images]).reshape(20, -1),
        atol=1e-5,
    )


@variational
def test_the_means_of_all_test_digits_are_drawn(ended):
    assert len(ended.images) == 21  # and the manifold
    ((points, colours),) = ended.points
    np.testing.assert_allclose(points, ended.codes[1][:, ::-1], atol=1e-5)
    np.testing.assert_array_equal(colours, ended.labels)


def test_the_page_gets_the_models_and_the_test_digits(ended):
    ((path, title, *parts, x, labels),) = ended.pages
    assert path == ended.output / 'explore.html'
    assert title.split()[0].lower() == ended.module[2:]
    assert [part.name for part in parts] == ['encoder', 'decoder']
    np.testing.assert_array_equal(x, ended.test)
    np.testing.assert_array_equal(labels, ended.labels)


def test_a_log_has_a_line_for_each_epoch_and_nothing_that_moves(ended):
    assert not re.search('[^\x20-\x7e\n]', ended.done.stdout)
    assert re.findall(r'^(\d+/\d+) - ', ended.done.stdout, re.M) == [
        f'{STEPS}/{STEPS}',
        f'{STEPS}/{STEPS}',
    ]
    assert str(ended.output) in ended.done.stdout.splitlines()[-1]


def test_after_the_first_epoch_it_says_how_long_the_rest_takes(ended):
    first, second = re.split('Epochs left: 1, about .*\n', ended.done.stdout)
    assert first.count('val_loss') == second.count('val_loss') == 1


@pytest.mark.parametrize('ended', ['2-convolutional'], indirect=True)
def test_the_convolutional_main_prints_the_shapes(ended):
    shapes = '(192, 28, 28, 1)\n(100, 28, 28, 1)\n'
    assert ended.done.stdout.startswith(shapes)


@pytest.mark.parametrize('ended', STOCK, indirect=True)
def test_the_mean_of_ten_codes_is_printed(ended):
    line = ended.done.stdout.splitlines()[-2]
    assert float(line) == pytest.approx(ended.code[:10].mean(), rel=1e-4)


@variational
def test_means_and_deviations_of_ten_digits_are_printed(ended):
    _, mean, log_variance = ended.codes
    numbers = re.findall(
        r'-?\d+\.\d*(?:e-?\d+)?', ended.done.stdout.split('[[', 1)[1]
    )
    np.testing.assert_allclose(
        np.reshape([float(number) for number in numbers[:40]], (2, 10, 2)),
        [mean[:10], np.exp(log_variance[:10] / 2)],
        rtol=1e-4,
        atol=1e-5,
    )


@pytest.mark.parametrize(
    'seconds, text',
    [
        (0.2, '1 seconds'),
        (89, '89 seconds'),
        (91, '2 minutes'),
        (3600, '60 minutes'),
        (9000, '2.5 hours'),
    ],
)
def test_durations_are_said_as_people_do(seconds, text):
    assert training.duration(seconds) == text


def test_the_time_left_is_what_an_epoch_takes_without_compiling(
    monkeypatch, capsys
):
    # Given a first call that takes 90 seconds, and three of 10 seconds.
    clock = iter([0, 90, 120, 120])
    monkeypatch.setattr(training.time, 'monotonic', lambda: next(clock))
    left = training.TimeLeft()
    left.set_params({'epochs': 6})
    left.on_train_begin()
    left.on_epoch_begin(2)
    for batch in range(4):
        left.on_train_batch_end(batch)
    left.on_epoch_end(2)
    # When the second epoch begins.
    left.on_epoch_begin(3)
    # Then three are left, of 40 seconds.
    assert capsys.readouterr().out == 'Epochs left: 3, about 2 minutes\n'


def test_the_time_left_is_said_once(capsys):
    left = training.TimeLeft()
    left.set_params({'epochs': 3})
    left.on_train_begin()
    for epoch in range(3):
        left.on_epoch_begin(epoch)
        left.on_train_batch_end(0)
        left.on_epoch_end(epoch)
    assert capsys.readouterr().out.count('Epochs left') == 1


def test_offline_in_another_process_the_same_seed_gives_the_same(
    tmp_path, run_main, no_page, monkeypatch
):
    outputs = tmp_path / 'new' / 'results', tmp_path / 'here'
    options = ['--epochs', 1, '--batch-size', 500, '--output']
    # No such proxy: as good as no internet. No screen either.
    done = run_python(
        main_of('3-variational'),
        *options,
        outputs[0],
        MPLBACKEND='',
        DISPLAY='',
        HOME=str(tmp_path),
        KERAS_HOME=str(tmp_path),
        https_proxy='http://127.0.0.1:9',
        # Nor are there modules beside the script: as with `python -P`.
        PYTHONSAFEPATH='1',
    )
    assert done.stderr == ''
    assert 'Could not load MNIST; using 5,000' in done.stdout
    assert_files(outputs[0], FILES | PLANE | {'explore.html'})

    def offline():
        raise OSError('no internet')

    monkeypatch.setattr(keras.datasets.mnist, 'load_data', offline)
    assert not run_main('3-variational', *options, outputs[1]).returncode
    same_results(*outputs)
    for (x, y), n in zip(digits.load_digits(None, (28, 28, 1)), (4500, 500)):
        assert (x.shape, x.dtype) == ((n, 28, 28, 1), 'uint8')
        assert (x.min(), x.max()) == (0, 255)
        assert sorted(set(y.tolist())) == list(range(10))


def test_digits_are_those_of_the_file_whatever_their_labels(data, tmp_path):
    with np.load(data) as arrays:
        arrays = dict(arrays)
    arrays['y_test'] = arrays['y_test'].astype('int32') - 500
    np.savez(tmp_path / 'digits.npz', **arrays)
    loaded = digits.load_digits(tmp_path / 'digits.npz', (784,))
    for (x, y), part in zip(loaded, ('train', 'test')):
        np.testing.assert_array_equal(x, arrays[f'x_{part}'].reshape(-1, 784))
        np.testing.assert_array_equal(y, arrays[f'y_{part}'])


def answers(*commands):
    """Return status, output and errors of command lines, as by a person."""
    done = run_program(
        'answer.py',
        json.dumps([[str(word) for word in command] for command in commands]),
    )
    return json.loads(done.stdout)


def test_help_has_all_options_with_their_defaults():
    helps = answers(*([main_of(module), '--help'] for module in MODULES))
    for module, (status, out, err) in zip(MODULES, helps):
        assert (status, err) == (0, '')
        for option, default in (
            ('--epochs', '50'),
            ('--batch-size', '256'),
            ('--seed', '0'),
            ('--data', 'MNIST'),
            ('--output', f'results/{module}'),
        ):
            after = ''.join(out.split(option)[-1].split('--')[0].split())
            assert 'default:' in after and default in after


BAD_OPTIONS = [
    ('--epochs', '0'),
    ('--epochs', '1.5'),
    ('--epochs', str(10**20)),
    ('--batch-size', '-1'),
    ('--batch-size', '0'),
    ('--batch-size', '9' * 5000),
    ('--seed', '-1'),
    ('--seed', 'x'),
    ('--seed', str(2**31)),
    ('--epoch', '--'),
    ('--output', '/dev/null'),
    ('--output', '/dev/null/x'),
    ('--data', '/no/such/file.npz'),
    ('--data', '/'),
    ('--modules', '/no/such/folder'),
]


def test_bad_options_and_files_are_refused_before_tensorflow(data, tmp_path):
    cut = tmp_path / 'cut.npz'
    cut.write_bytes(data.read_bytes()[:-500])
    bad = [*BAD_OPTIONS, ('--data', str(cut))]
    refusals = answers(
        *(
            [main_of('0-vanilla'), '--output', tmp_path / str(number), *words]
            for number, words in enumerate(bad)
        )
    )
    for words, refusal in zip(bad, refusals):
        assert_refused(words[0], *refusal)
    assert 'cut.npz' in refusals[-1][2]
    # Not even a folder is made for these.
    assert not (tmp_path / '0').exists()


def assert_refused(option, status, out, err):
    """Check that one line names an option."""
    assert (status, out) == (2, ''), option
    line = err.splitlines()[-1]
    usage = err[: err.index(line)]
    assert usage == '' or usage.startswith('usage:')
    assert line.startswith('0-main.py: error: ') and option in line


def bad_files(good):
    """Return bad data files: name, what to write, what to say of it."""
    x, y = good['x_train'], good['y_train']
    return {
        'missing-array': (
            {name: array for name, array in good.items() if name != 'y_test'},
            'y_test is missing',
        ),
        **{
            name: ({**good, **arrays}, says)
            for name, arrays, says in (
                ('wrong-width', {'x_test': x[:, :, :27]}, '(n, 28, 28)'),
                ('flat', {'x_train': x.reshape(-1, 784)}, 'x_train'),
                ('scaled', {'x_train': x / 255}, 'integers, not float64'),
                ('out-of-range', {'x_train': x.astype(int) + 1}, '1 to 256'),
                ('negative', {'x_test': -x.astype(int)}, '-255 to 0'),
                (
                    'labels',
                    {'y_train': y + 0.5},
                    'y_train should hold integers',
                ),
                (
                    'empty',
                    {'x_test': x[:0], 'y_test': y[:0]},
                    'x_test is empty',
                ),
                ('lengths', {'y_train': y[:5]}, '5 labels in y_train'),
                ('lengths-of-test', {'y_test': y[:5]}, '5 labels in y_test'),
                (
                    'pickled',
                    {'x_train': np.array([{}], object)},
                    'plain arrays',
                ),
            )
        },
    }


def test_bad_data_files_are_refused(data, tmp_path, capsys):
    with np.load(data) as arrays:
        good = dict(arrays)
    files = {}
    for name, (arrays, says) in bad_files(good).items():
        np.savez(tmp_path / f'{name}.npz', **arrays)
        files[name] = says
    content = data.read_bytes()
    for name, part in (
        ('cut', content[:-500]),
        ('nothing', b''),
        ('text', b'hello\n'),
        ('pickle', b'\x80\x04N.'),
        ('damaged', content[:3000] + b'?' * 99 + content[3099:]),
    ):
        (tmp_path / f'{name}.npz').write_bytes(part)
        files[name] = 'malformed'
    np.save(tmp_path / 'array.npy', good['x_train'])
    (tmp_path / 'array.npy').rename(tmp_path / 'array.npz')
    files['array'] = 'malformed'
    for name, says in files.items():
        with pytest.raises(SystemExit) as end:
            digits.load_digits(tmp_path / f'{name}.npz')
        (line,) = capsys.readouterr().err.splitlines()
        assert end.value.code == 2
        assert f'{name}.npz' in line and says in line, (name, line)
