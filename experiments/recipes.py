#!/usr/bin/env python3
"""Run docs/recipes.md, keep its pictures, and measure unusual images."""

import argparse
import shutil

import numpy as np

import runs
from common.digits import OFFLINE, load_digits, scaled


def main():
    """Run the recipes, then record the errors of unusual images."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with runs.programs_run('recipes.md') as folder:
        for picture in folder.glob('*.png'):
            runs.squeeze(shutil.copy(picture, runs.DOCS))
    runs.record('recipes.json', [unusual_images(seed) for seed in (0, 1)])


def unusual_images(seed):
    """Return the errors of images, and how well these tell them from digits.

    That is the AUC, the chance that an image has a larger error than a digit;
    of one label upside down, than a digit of that label.
    """
    (train, _), (test, labels) = load_digits(OFFLINE, (784,))
    train, test = scaled(train), scaled(test)
    _, _, auto = runs.build('0-vanilla', 784, [128], 32, seed=seed)
    auto.fit(train, train, epochs=15, batch_size=100, verbose=0)

    def compared(x, digits=test):
        errors, usual = (
            ((auto.predict(x, verbose=0) - x) ** 2).mean(axis=1)
            for x in (x, digits)
        )
        return {
            'error': float(errors.mean()),
            'auc': float((errors[:, None] > usual).mean()),
        }

    return {
        'seed': seed,
        'images': {
            'digits': compared(test),
            'digits upside down': compared(test[:, ::-1]),
            **{
                f'{label} upside down': compared(
                    test[labels == label, ::-1], test[labels == label]
                )
                for label in range(10)
            },
            'noise': compared(np.random.random((500, 784)).astype('float32')),
            'blank image': compared(np.zeros((1, 784), 'float32')),
            'one dot, each pixel in turn': compared(
                np.eye(784, dtype='float32')
            ),
        },
    }


if __name__ == '__main__':
    main()
