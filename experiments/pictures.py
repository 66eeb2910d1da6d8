#!/usr/bin/env python3
"""Draw those pictures of docs/results.md that what is recorded is enough for.

models.py draws the others, which need the models.
"""
import numpy as np

import runs
from common.pictures import plt, save_figure
from tables import CLOSEST, DEAD, MODELS, PRINTED, correlation, read


def main():
    """Draw the losses, the firing rates, and how task 3 fits."""
    for draw, name in ((draw_losses, 'losses'), (draw_rates, 'sparsity'),
                       (draw_fit, 'task-3')):
        file = runs.DOCS / f'{name}.png'
        save_figure(draw(), file)
        runs.squeeze(file)


def draw_losses():
    """Return a figure of the mains' losses, the variational ones apart."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.5))
    of_seed_0 = [run for run in MODELS['mains'].values() if not run['seed']]
    for number, run in enumerate(of_seed_0):
        axis = axes[int(run['module'] == '3-variational')]
        for key, style, part in (('loss', '-', 'training'),
                                 ('val_loss', ':', 'validation')):
            axis.plot(range(1, len(run[key]) + 1), run[key], style,
                      color=f'C{number}', label=f'{run["module"][2:]}, {part}')
    axes[0].set(xlabel='epoch', ylabel='loss per pixel')
    axes[1].set(xlabel='epoch', ylabel='loss per digit')
    for axis in axes:
        axis.legend(fontsize='small')
    figure.tight_layout()
    return figure


def draw_rates():
    """Return a figure of how often units fire, dead ones apart."""
    figure, axes = plt.subplots(2, 4, figsize=(12, 5.5), sharey=True)
    runs_shown = [run for run in MODELS['runs'].values() if not run['seed']
                  and run['images'] == 'digits'
                  and len(run.get('rates', ())) >= 32]
    for axis, run in zip(axes.flat, runs_shown):
        rates = np.array(run['rates'])
        living, size = (rates >= DEAD).sum(), len(rates)
        axis.bar(np.arange(living), rates[:living], width=1)
        if living < size:
            axis.axvspan(living - 0.5, size - 0.5, color='mistyrose')
            axis.text((living + size) / 2, 0.5, f'{size - living} dead',
                      rotation=90, ha='center', va='center')
        lambtha = [*run['arguments'], 0][3]
        axis.set_title(
            f'code of {size}, lambtha {lambtha:g}\n{rates.sum():.0f} fire for '
            f'a digit,\ncross-entropy {run["cross_entropy"]["code"]:.3f}',
            fontsize=10)
        axis.set(xlim=(-0.5, size - 0.5), ylim=(0, 1),
                 xlabel='units, most frequent first')
    for axis in axes[:, 0]:
        axis.set_ylabel('share of digits for which it fires')
    figure.tight_layout()
    return figure


def draw_fit():
    """Return a figure of what is found in task 3 against what is printed."""
    environment, title = CLOSEST
    run = read('assignment-50-epochs.json')[environment][title]
    printed = np.array(PRINTED['3-variational']['deviations'])
    found = np.exp(np.array(run['mean']) / 2)
    figure, axis = plt.subplots(figsize=(5, 5))
    axis.axline((0, 0), slope=1, color='lightgrey', zorder=0)
    for column, name in enumerate(('first', 'second')):
        axis.scatter(printed[:, column], found[:, column],
                     label=f'{name} latent value')
    axis.set(xlabel='the "standard deviations" that the assignment prints',
             ylabel='exp(mean / 2) of a decoder fed the mean',
             title='The first ten test digits, correlation '
             f'{correlation(printed.flat, found.flat):.3f}',
             aspect='equal', xlim=(0, 3.2), ylim=(0, 3.2))
    axis.legend()
    return figure


if __name__ == '__main__':
    main()
