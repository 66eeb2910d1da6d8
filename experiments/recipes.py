#!/usr/bin/env python3
"""Run docs/recipes.md, keep its pictures, and measure unusual images.

The latter with two seeds, on the 5,000 digits that come with the project.
"""
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
    """Return the reconstruction errors of images, and how well they tell.

    The latter is the AUC: the chance that an unusual image has a larger
    error than a digit.
    """
    (train, _), (test, labels) = load_digits(OFFLINE, (784,))
    train, test = scaled(train), scaled(test)
    _, _, auto = runs.build('0-vanilla', 784, [128], 32, seed=seed)
    auto.fit(train, train, epochs=15, batch_size=100, verbose=0)
    images = {
        'digits': test,
        'digits upside down': test[:, ::-1],
        **{f'{label} upside down': test[labels == label, ::-1]
           for label in (0, 1, 8, 6)},
        'noise': np.random.random((500, 784)).astype('float32'),
        'blank image': np.zeros((1, 784), 'float32'),
        'one dot, each pixel in turn': np.eye(784, dtype='float32'),
    }
    errors = {name: ((auto.predict(x, verbose=0) - x) ** 2).mean(axis=1)
              for name, x in images.items()}
    return {'seed': seed, 'images': {name: {
        'error': float(error.mean()),
        'auc': float((error[:, None] > errors['digits']).mean())}
        for name, error in errors.items()}}


if __name__ == '__main__':
    main()
