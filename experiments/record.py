#!/usr/bin/env python3
"""Record what the mains made of all of MNIST, and draw it for docs/.

It wants the folder of each run as DIR/seed-S/N, S the seed and N the number
of the main: mains/N-main.py --seed S --output results/seed-S/N
"""
import csv
import shutil
from pathlib import Path

import numpy as np

from runs import (
    ARGUMENTS,
    DOCS,
    RESULTS,
    ROOT,
    cross_entropy,
    divergence,
    draw_images,
    draw_latent_plane,
    keras,
    load_digits,
    parser_with_data,
    plt,
    record,
    save_figure,
    squeeze,
)


def main():
    """Record all runs, and draw those of the first seed."""
    parser = parser_with_data(__doc__)
    parser.add_argument('--runs', type=Path, metavar='DIR',
                        default=ROOT / 'results',
                        help='where the runs are (default: results)')
    options = parser.parse_args()
    _, (x_test, labels) = load_digits(options.data, (784,))

    # What a perfect reconstruction would have: pixels are grey, not 0 or 1.
    numbers = {'floor': cross_entropy(x_test, x_test),
               'grey': float(((x_test > 0) & (x_test < 1)).mean())}
    rows, histories = {'input': x_test[:10]}, {}
    RESULTS.mkdir(exist_ok=True)
    for module in ARGUMENTS:
        runs = [Run(folder, module, x_test) for folder in
                sorted(options.runs.glob(f'seed-*/{module[0]}'))
                if (folder / 'autoencoder.keras').exists()]
        if not runs:
            print(f'No run of {module} in {options.runs}, so it is left out')
            continue
        numbers[module] = [run.numbers for run in runs]
        first = runs[0]
        name = f'{module[2:]}, {first.numbers["cross_entropy"]:.4f}'
        rows[name] = first.reconstructed[:10]
        histories[module[2:]] = first.history
        if module == '3-variational':
            draw_latent_plane(first.decoder, first.mean, labels, DOCS)
    record('mains.json', numbers)
    draw_images(rows, DOCS / 'reconstructions.png')
    draw_losses(histories, DOCS / 'losses.png')
    for name in ('latent', 'manifold', 'reconstructions', 'losses'):
        squeeze(DOCS / f'{name}.png')


class Run:
    """What a main left in its folder: losses, models and their numbers.

    Args:
        folder: `Path` of the folder, in the folder of the seed.
        module: String, the name of the module.
        x_test: Array `(n, 784)`, the test digits.
    """

    def __init__(self, folder, module, x_test):
        """Copy the history to the results, and measure the models."""
        __import__(module)  # registers the layers to load
        encoder, self.decoder = (
            keras.models.load_model(folder / f'{name}.keras')
            for name in ('encoder', 'decoder'))
        seed = int(folder.parent.name.split('-')[1])
        file = RESULTS / f'{module}-seed-{seed}.csv'
        shutil.copy(folder / 'history.csv', file)
        with open(file, newline='', encoding='utf-8') as lines:
            rows = list(csv.DictReader(lines))
        self.history = [[float(row[name]) for row in rows]
                        for name in ('loss', 'val_loss')]

        x = x_test.reshape(-1, *encoder.input_shape[1:])
        code = encoder.predict(x, verbose=0)
        self.numbers = {'seed': seed}
        if module == '3-variational':
            code, self.mean, log_variance = code
            deviation = np.exp(log_variance / 2)
            self.numbers.update(
                cross_entropy_of_mean=cross_entropy(
                    x, self.decoder.predict(self.mean, verbose=0)),
                divergence=float(
                    divergence(self.mean, log_variance).sum(axis=1).mean()),
                mean=self.mean[:10].tolist(),
                deviation=deviation[:10].tolist())
        self.reconstructed = self.decoder.predict(code, verbose=0)
        self.numbers.update(
            size=int(code[0].size), code=float(code[:10].mean()),
            cross_entropy=cross_entropy(x, self.reconstructed))


def draw_losses(histories, path):
    """Draw loss curves, the variational ones apart, as they are sums.

    Args:
        histories: Dictionary of names to the training and the validation
            losses of each epoch.
        path: `Path` of the picture.
    """
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.5))
    for number, (name, losses) in enumerate(histories.items()):
        axis = axes[int(name == 'variational')]
        for loss, style, part in zip(losses, ('-', ':'),
                                     ('training', 'validation')):
            axis.plot(range(1, len(loss) + 1), loss, style,
                      color=f'C{number}', label=f'{name}, {part}')
    axes[0].set(xlabel='epoch', ylabel='loss per pixel')
    axes[1].set(xlabel='epoch', ylabel='loss per digit')
    for axis in axes:
        axis.legend(fontsize='small')
    figure.tight_layout()
    save_figure(figure, path)


if __name__ == '__main__':
    main()
