"""The mains: what a person types, what is drawn, and what is on the disk."""

import csv
import json
import os
import re

import numpy as np
import pytest
from matplotlib.axes import Axes
from tensorflow import keras

from common import digits
from common.start import KERAS_VERSION
from conftest import (
    MODULES,
    STOCK,
    build,
    divergence,
    loss_of,
    main_of,
    run_program,
    run_python,
    same_results,
)

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


@pytest.fixture
def seen(monkeypatch):
    """Return what mains give to `fit` and to matplotlib, by names."""
    found = {'images': [], 'points': []}
    fit, imshow, scatter = keras.Model.fit, Axes.imshow, Axes.scatter

    def keep_fit(auto, batches, **options):
        found.update(
            options,
            compiled=auto.get_compile_config(),
            weights=auto.get_weights(),
            tuned=[
                part.options().autotune.enabled
                for part in (batches, options['validation_data'])
            ],
            batches=[
                x.numpy()
                for x, _ in batches.take(
                    options['steps_per_epoch'] * options['epochs']
                )
            ],
        )
        return fit(auto, batches, **options)

    def keep_imshow(axis, image, **options):
        found['images'].append(np.copy(image))
        return imshow(axis, image, **options)

    def keep_scatter(axis, x, y, **options):
        found['points'].append((np.stack([x, y], 1), options['c']))
        return scatter(axis, x, y, **options)

    monkeypatch.setattr(keras.Model, 'fit', keep_fit)
    monkeypatch.setattr(Axes, 'imshow', keep_imshow)
    monkeypatch.setattr(Axes, 'scatter', keep_scatter)
    return found


def assert_files(output, names):
    """Check that these files are there, and nothing of an interruption."""
    found = set(os.listdir(output))
    assert names <= found
    assert not [name for name in found if name.startswith(('new', 'inter'))]


@pytest.mark.parametrize('module', MODULES)
def test_a_main_trains_draws_and_saves_what_it_should(
    module, data, tmp_path, run_main, no_xla, no_page, seen, same_noise
):
    done = run_main(
        module,
        '--epochs',
        2,
        '--batch-size',
        32,
        '--seed',
        7,
        '--data',
        data,
        '--output',
        tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, '')
    assert_files(
        tmp_path, FILES | (PLANE if module == '3-variational' else set())
    )
    with np.load(data) as file:
        arrays = dict(file)
    names = 'encoder', 'decoder', 'autoencoder'
    models = encoder, decoder, auto = [
        keras.models.load_model(tmp_path / f'{name}.keras') for name in names
    ]
    train, test = (
        (arrays[name] / 255)
        .astype('float32')
        .reshape(-1, *auto.input_shape[1:])
        for name in ('x_train', 'x_test')
    )

    # The end of `fit` would wait for a thread that tunes a dataset.
    assert seen['tuned'] == [False, False]
    # Fast, from the seed, on all training digits; not so compiled in the file.
    steps = 192 // 32
    compiled, saved = seen['compiled'], auto.get_compile_config()
    assert compiled['steps_per_execution'] == (
        1 if (3, 0) <= KERAS_VERSION < (3, 7) else steps
    )
    assert saved['steps_per_execution'] in (1, None)
    assert saved['jit_compile'] in (None, False, 'auto')
    for got, expected in zip(
        seen['weights'], build(module, seed=7)[-1].get_weights()
    ):
        np.testing.assert_array_equal(got, expected)
    assert len(seen['batches']) == 2 * steps
    for i in (0, steps):
        rows = np.concatenate(seen['batches'][i : i + steps])
        assert sorted(map(bytes, rows)) == sorted(map(bytes, train))
    assert int(auto.optimizer.iterations) == 2 * steps

    # The losses are those of the test digits.
    with open(tmp_path / 'history.csv', newline='') as file:
        history = list(csv.DictReader(file))
    assert [row['epoch'] for row in history] == ['0', '1']
    loss = loss_of(module, models, test)
    assert loss != pytest.approx(loss_of(module, models, train), rel=1e-4)
    assert float(history[-1]['val_loss']) == pytest.approx(loss, rel=1e-5)

    # Ten digits over what becomes of their codes.
    codes = encoder.predict(test, verbose=0)
    mean = codes
    if module == '3-variational':
        codes, mean, log_variance = codes
    drawn = np.concatenate([test[:10], decoder.predict(codes[:10], verbose=0)])
    np.testing.assert_allclose(
        np.reshape(seen['images'][:20], (20, -1)),
        drawn.reshape(20, -1),
        atol=1e-5,
    )
    assert len(seen['images']) == (21 if module == '3-variational' else 20)
    if module == '3-variational':
        ((points, colours),) = seen['points']
        np.testing.assert_allclose(points, mean[:, ::-1], atol=1e-5)
        np.testing.assert_array_equal(colours, arrays['y_test'])

    # The page has the same.
    ((path, title, *parts, x, labels),) = no_page
    assert path == tmp_path / 'explore.html'
    assert title.split()[0].lower() == module[2:]
    assert [part.name for part in parts] == ['encoder', 'decoder']
    np.testing.assert_array_equal(x, test)
    np.testing.assert_array_equal(labels, arrays['y_test'])

    # What was printed: for a log, a line an epoch and nothing that moves.
    lines = done.stdout.splitlines()
    assert not re.search('[^\x20-\x7e\n]', done.stdout)
    assert [line.split(' - ')[0] for line in lines if 'step' in line] == [
        f'{steps}/{steps}'
    ] * 2
    assert str(tmp_path) in lines[-1]
    if module == '2-convolutional':
        assert lines[:2] == ['(192, 28, 28, 1)', '(100, 28, 28, 1)']
    if module in STOCK:
        assert float(lines[-2]) == pytest.approx(codes[:10].mean(), rel=1e-4)
        return
    numbers = [
        float(number)
        for number in re.findall(
            r'-?\d+\.\d*(?:e-?\d+)?', done.stdout.split('[[', 1)[1]
        )
    ][:43]
    np.testing.assert_allclose(
        np.reshape(numbers[:40], (2, 10, 2)),
        [mean[:10], np.exp(log_variance[:10] / 2)],
        rtol=1e-4,
        atol=1e-5,
    )
    kl = divergence(mean, log_variance).mean()
    np.testing.assert_allclose(numbers[40:], [loss, loss - kl, kl], atol=0.011)


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
    for words, (status, out, err) in zip(bad, refusals):
        assert (status, out) == (2, ''), words
        (line,) = [
            line
            for line in err.splitlines()
            if not line.startswith(('usage:', ' '))
        ]
        assert line.startswith('0-main.py: error: ') and words[0] in line
    assert 'cut.npz' in refusals[-1][2]
    # Not even a folder is made for these.
    assert not (tmp_path / '0').exists()


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
