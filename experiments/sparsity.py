#!/usr/bin/env python3
"""Record how often each unit of a code fires, with and without a penalty.

It trains the assignment's architecture with several `lambtha`, then wider
codes, in which few of many units fire for each digit.
"""
import numpy as np

import tables
from runs import (
    DOCS,
    build,
    cross_entropy,
    load_digits,
    parser_with_data,
    plt,
    record,
    save_figure,
    squeeze,
    train,
)

SEEDS = 0, 1
# Title, hidden layers, size of the code, lambtha, epochs. A lambtha of 0 is
# the vanilla autoencoder.
MODELS = [
    ('vanilla', [128, 64], 32, 0, 50),
    ('lambtha 0.00001', [128, 64], 32, 1e-5, 50),
    ('lambtha 0.0001', [128, 64], 32, 1e-4, 50),
    ('lambtha 0.001', [128, 64], 32, 1e-3, 50),
    ('code of 256, no penalty', [], 256, 0, 20),
    ('code of 256, lambtha 0.001', [], 256, 1e-3, 20),
    ('code of 1024, lambtha 0.0001', [512], 1024, 1e-4, 20),
]


def main():
    """Train each model, record its units' firing rates and draw them."""
    options = parser_with_data(__doc__).parse_args()
    (x_train, _), (x_test, _) = load_digits(options.data, (784,))
    runs = [firing(model, seed, x_train, x_test)
            for seed in SEEDS for model in MODELS]
    record('sparsity.json', runs)
    draw_rates(runs[:len(MODELS)], DOCS / 'sparsity.png')


def firing(model, seed, x_train, x_test):
    """Train a model; return how often its units fire over the test digits."""
    title, hidden_layers, latent_dims, lambtha, epochs = model
    module, more = ('1-sparse', [lambtha]) if lambtha else ('0-vanilla', [])
    encoder, decoder, auto = build(module, 784, hidden_layers, latent_dims,
                                   *more, seed=seed)
    train(auto, x_train, x_test, epochs, seed)
    codes = encoder.predict(x_test, verbose=0)
    rates = np.sort((codes > 0).mean(axis=0))[::-1]
    return {'title': title, 'hidden_layers': hidden_layers,
            'latent_dims': latent_dims, 'lambtha': lambtha, 'epochs': epochs,
            'seed': seed, 'rates': rates.round(4).tolist(),
            'cross_entropy': cross_entropy(
                x_test, decoder.predict(codes, verbose=0))}


def draw_rates(runs, path):
    """Draw the sorted firing rates of each model, dead units apart."""
    figure, axes = plt.subplots(2, 4, figsize=(12, 5.5), sharey=True)
    axes[-1, -1].axis('off')
    for axis, run in zip(axes.flat, runs):
        rates = np.array(run['rates'])
        living = rates >= tables.DEAD
        units = np.arange(len(rates))
        axis.bar(units[living], rates[living], width=1)
        if not living.all():
            axis.axvspan(living.sum() - 0.5, len(rates) - 0.5,
                         color='mistyrose')
            axis.text((living.sum() + len(rates)) / 2, 0.5,
                      f'{(~living).sum()} dead', rotation=90, ha='center',
                      va='center')
        axis.set(title=f'{run["title"]}\n{rates.sum():.0f} of {len(rates)} '
                 f'fire for a digit,\ncross-entropy '
                 f'{run["cross_entropy"]:.3f}',
                 xlim=(-0.5, len(rates) - 0.5), ylim=(0, 1))
        axis.title.set_fontsize(10)
        axis.set_xlabel('units, most frequent first')
    for axis in axes[:, 0]:
        axis.set_ylabel('share of digits for which it fires')
    figure.tight_layout()
    save_figure(figure, path)
    squeeze(path)


if __name__ == '__main__':
    main()
