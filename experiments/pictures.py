#!/usr/bin/env python3
"""Draw those pictures of docs/ for which what is recorded is enough."""

import argparse

import runs
from common.pictures import plt, save_figure
from recorded import (
    CLOSEST,
    DEVIATIONS,
    MODELS,
    correlation,
    dead,
    halved,
)
from tables import TEXTS


def main():
    """Draw the losses, the firing rates, and how task 3 fits."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    for draw, name in (
        (draw_losses, 'losses'),
        (draw_rates, 'sparsity'),
        (draw_fit, 'task-3'),
    ):
        figure = draw()
        figure.tight_layout()
        save_figure(figure, runs.DOCS / f'{name}.png')
        runs.squeeze(runs.DOCS / f'{name}.png')


def draw_losses():
    """Return a figure of the mains' losses, the variational ones apart."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.5))
    per_pixel, per_digit = axes
    for number, module in enumerate(runs.ARGUMENTS):
        run = MODELS['mains'][f'{module}, seed 0']
        axis = per_digit if module == '3-variational' else per_pixel
        for key, style in (('loss', '-'), ('val_loss', ':')):
            axis.plot(
                range(1, 51),
                run[key],
                style,
                color=f'C{number}',
                label=f'{module[2:]}, {key}',
            )
    for axis, unit in zip(axes, ('pixel', 'digit')):
        axis.set(xlabel='epoch', ylabel=f'loss per {unit}')
        axis.legend(fontsize='small')
    return figure


def draw_rates():
    """Return a figure of how often units fire."""
    figure, axes = plt.subplots(2, 4, figsize=(12, 5.5), sharey=True)
    runs_of_seed_0 = [
        run
        for run in MODELS['runs'].values()
        if run['seed'] == 0
        and run['images'] == 'digits'
        and run['size'] >= 32
        and 'rates' in run
    ]
    for axis, run in zip(axes.flat, runs_of_seed_0):
        axis.bar(range(run['size']), run['rates'], width=1)
        axis.set(ylim=(0, 1), xlabel='units, most frequent first')
        axis.set_title(
            f'code of {run["size"]}, lambtha {TEXTS["lambtha"](run)}\n'
            f'{sum(run["rates"]):.0f} fire for a digit, '
            f'{dead(run)} are dead\ncross-entropy '
            f'{run["cross_entropy"]["code"]:.3f}',
            fontsize=10,
        )
    for axis in axes[:, 0]:
        axis.set_ylabel('share of digits for which it fires')
    return figure


def draw_fit():
    """Return a figure of what is found in task 3 against what is printed."""
    found = halved(CLOSEST['mean'])
    figure, axis = plt.subplots(figsize=(5, 5))
    axis.axline((0, 0), slope=1, color='lightgrey', zorder=0)
    for value, name in enumerate(('first', 'second')):
        axis.scatter(
            DEVIATIONS[value::2], found[value::2], label=f'{name} latent value'
        )
    axis.set(
        xlabel='the "standard deviations" that the assignment prints',
        ylabel='exp(mean / 2) of a decoder fed the mean',
        title='The first ten test digits, correlation '
        f'{correlation(DEVIATIONS, found):.3f}',
        aspect='equal',
        xlim=(0, 3.2),
        ylim=(0, 3.2),
    )
    axis.legend()
    return figure


if __name__ == '__main__':
    main()
