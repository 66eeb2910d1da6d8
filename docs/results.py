#!/usr/bin/env python3
"""Print the tables of the README, from the runs recorded in docs/results.

With --record, record them first: after the four mains have run on all of
MNIST, this copies their histories and draws the pictures of the README.
"""
import argparse
import csv
import json
import shutil
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
RESULTS = DOCS / 'results'
MODULES = ['0-vanilla', '1-sparse', '2-convolutional', '3-variational']
# What the assignment prints: training and validation loss by epoch, and the
# mean of the first ten codes.
PRINTED = {
    '0-vanilla': ({
        1: (0.2462, 0.1704), 2: (0.1526, 0.1370), 3: (0.1319, 0.1242),
        4: (0.1216, 0.1165), 5: (0.1157, 0.1119), 46: (0.0851, 0.0845),
        47: (0.0849, 0.0845), 48: (0.0848, 0.0842), 49: (0.0847, 0.0842),
        50: (0.0846, 0.0842)}, 8.311438),
    '1-sparse': ({
        1: (0.2467, 0.1715), 2: (0.1539, 0.1372), 3: (0.1316, 0.1242),
        4: (0.1218, 0.1166), 5: (0.1157, 0.1122), 46: (0.0844, 0.0844),
        47: (0.0843, 0.0840), 48: (0.0842, 0.0837), 49: (0.0841, 0.0837),
        50: (0.0839, 0.0835)}, 3.0174155),
    '2-convolutional': ({
        1: (0.2466, 0.1597), 2: (0.1470, 0.1358), 3: (0.1320, 0.1271),
        4: (0.1252, 0.1216), 5: (0.1208, 0.1179), 46: (0.0943, 0.0933),
        47: (0.0942, 0.0929), 48: (0.0940, 0.0932), 49: (0.0939, 0.0927),
        50: (0.0938, 0.0926)}, 3.4141076),
    '3-variational': ({
        1: (212.1680, 175.3891), 2: (170.0067, 164.9127),
        3: (163.6800, 161.2009), 4: (160.5563, 159.1755),
        5: (158.5609, 157.5874), 46: (143.8559, 148.1236),
        47: (143.7759, 148.0166), 48: (143.6073, 147.9645),
        49: (143.5385, 148.1294), 50: (143.3937, 147.9027)}, None),
}


def main():
    """Record the runs if that is asked for, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--record', type=Path, metavar='FILE.npz',
                        help='record the runs of the mains on this data')
    parser.add_argument('--runs', type=Path, metavar='DIR',
                        default=ROOT / 'results',
                        help='where the mains put them (default: results)')
    options = parser.parse_args()
    if options.record:
        record(options.record, options.runs)
    print(all_losses(), summary(), noise_free(), sep='\n\n')


def history(name):
    """Return a recorded history: training and validation losses."""
    with open(RESULTS / f'{name}.csv', newline='', encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    return [[float(row[key]) for row in rows] for key in ('loss', 'val_loss')]


def table(header, *rows):
    """Return a Markdown table."""
    lines = [header, ['---'] * len(header), *rows]
    return '\n'.join(f'| {" | ".join(map(str, line))} |' for line in lines)


def pair(losses, scale):
    """Return a training and a validation loss as text."""
    return ' / '.join(f'{loss:.{scale}f}' for loss in losses)


def all_losses():
    """Return the table of the first and last five epochs of all runs."""
    rows = []
    for epoch in PRINTED['0-vanilla'][0]:
        row = [epoch]
        for module in MODULES:
            losses = [loss[epoch - 1] for loss in history(module)]
            scale = 2 if module == '3-variational' else 4
            row += [pair(losses, scale),
                    pair(PRINTED[module][0][epoch], scale)]
        rows.append(row)
    header = ['epoch']
    for module in MODULES:
        header += [module[2:], 'printed']
    return table(header, *rows)


def summary():
    """Return the table of what came out at the end of each run."""
    numbers = json.loads((RESULTS / 'numbers.json').read_text())
    rows = []
    for module in MODULES:
        losses = [loss[-1] for loss in history(module)]
        printed, code = PRINTED[module]
        scale = 2 if module == '3-variational' else 4
        found = numbers[module]
        rows.append([
            module[2:], pair(losses, scale), pair(printed[50], scale),
            f'{found["code"]:.2f}' if code else '-',
            f'{code:.2f}' if code else '-',
            f'{found["cross_entropy"]:.4f}', f'{found["seconds"]:.1f} s'])
    return table(['', 'loss / val_loss after 50 epochs', 'printed',
                  'mean code', 'printed', 'cross-entropy per pixel',
                  'time per epoch'], *rows)


def noise_free():
    """Return the table of both readings of task 3."""
    text, fed_mean = history('3-variational'), history('noise-free')
    rows = [[epoch,
             pair(PRINTED['3-variational'][0][epoch], 2),
             *(pair([loss[epoch - 1] for loss in losses], 2)
               for losses in (fed_mean, text))]
            for epoch in range(1, 6)]
    return table(['epoch', 'printed', 'decoder fed the mean',
                  "decoder fed the sample, as the text's"], *rows)


def record(data, runs):
    """Keep the histories of the runs in docs/results, and draw pictures."""
    sys.path[:0] = [str(ROOT / name) for name in ('', 'mains', 'benchmarks')]
    import numpy as np
    import pictures
    import training
    from digits import load_digits

    keras = training.start_tensorflow().keras
    autoencoders = {module: __import__(module).autoencoder
                    for module in MODULES}
    (x_train, _), (x_test, labels) = load_digits(data, (784,))
    RESULTS.mkdir(exist_ok=True)
    numbers, rows, codes = {}, {'input': x_test[:10]}, {}
    for module in MODULES:
        shutil.copy(runs / module / 'history.csv', RESULTS / f'{module}.csv')
        encoder, decoder, auto = (
            keras.models.load_model(runs / module / f'{name}.keras')
            for name in ('encoder', 'decoder', 'autoencoder'))
        shape = (-1, *auto.input_shape[1:])
        x = x_test.reshape(shape)
        code = encoder.predict(x, verbose=0)
        if module == '3-variational':
            means, code = code[1], code[0]
            pictures.draw_latent_plane(means, labels, DOCS)
            values = np.linspace(-3, 3, 25)
            grid = np.stack(np.meshgrid(values, values, indexing='ij'), 2)
            pictures.draw_manifold(
                decoder.predict(grid.reshape(-1, 2), verbose=0), DOCS)
        else:
            codes[module[2:]] = code
        reconstructed = decoder.predict(code, verbose=0)
        cross_entropy = float(np.mean(keras.losses.binary_crossentropy(
            x.reshape(-1, 784), reconstructed.reshape(-1, 784))))
        rows[f'{module[2:]}, {cross_entropy:.4f}'] = reconstructed[:10]
        numbers[module] = {
            'code': float(code[:10].mean()), 'cross_entropy': cross_entropy,
            'seconds': seconds(training, auto, x_train.reshape(shape), x)}
    (RESULTS / 'numbers.json').write_text(json.dumps(numbers, indent=1) + '\n')

    pictures.draw_comparison(rows, DOCS / 'reconstructions.png')
    losses = {module[2:]: history(module) for module in MODULES}
    pictures.draw_losses([{name: losses[name] for name in
                           ('vanilla', 'sparse', 'convolutional')},
                          {'variational': losses['variational']}],
                         DOCS / 'losses.png')
    del codes['convolutional']
    codes = {'vanilla': codes['vanilla'],
             'sparse, lambtha 0.00001': codes['sparse']}
    keras.utils.set_random_seed(0)
    encoder, _, auto = autoencoders['1-sparse'](784, [128, 64], 32, 1e-3)
    fast_fit(training, auto, x_train, x_test, 20)
    codes['sparse, lambtha 0.001'] = encoder.predict(x_test, verbose=0)
    pictures.draw_activity(codes, DOCS / 'sparsity.png')

    # Task 3 as its printed numbers have it: the decoder gets the mean. The
    # sampling still adds the divergence to the loss.
    keras.utils.set_random_seed(0)
    encoder, decoder, auto = autoencoders['3-variational'](784, [512], 2)
    inputs = auto.input
    auto = keras.Model(inputs, decoder(encoder(inputs)[1]))
    auto.compile('adam', 'binary_crossentropy', loss_weights=[784])
    fast_fit(training, auto, x_train, x_test, 5,
             [keras.callbacks.CSVLogger(str(RESULTS / 'noise-free.csv'))])


def fast_fit(training, auto, x_train, x_test, epochs, callbacks=()):
    """Train the way the mains do."""
    with training.compiled_for_speed(auto, x_train, x_test, 256):
        training.fit(auto, x_train, x_test, 256, 0, range(epochs), callbacks,
                     verbose=2)


def seconds(training, auto, x_train, x_test):
    """Return the seconds of an epoch the way the mains train."""
    from speed import second_epoch
    with training.compiled_for_speed(auto, x_train, x_test, 256):
        return second_epoch(lambda **options: training.fit(
            auto, x_train, x_test, 256, 0, range(2), **options))


if __name__ == '__main__':
    main()
