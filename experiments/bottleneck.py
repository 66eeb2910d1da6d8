#!/usr/bin/env python3
"""Tell apart what a small code and what the noise cost in sharpness."""
from runs import (build, cross_entropy, parser_with_data, record, train)
from common.digits import load_digits

SEEDS = 0, 1
# How often to go through the digits.
EPOCHS = 10
MODELS = [('0-vanilla', 2), ('3-variational', 2),
          ('0-vanilla', 32), ('3-variational', 32)]


def main():
    """Train each model and record the cross-entropy on the test digits."""
    options = parser_with_data(__doc__).parse_args()
    (x_train, _), (x_test, _) = load_digits(options.data, (784,))
    runs = []
    for seed in SEEDS:
        for module, latent_dims in MODELS:
            encoder, decoder, auto = build(module, 784, [512], latent_dims,
                                           seed=seed)
            train(auto, x_train, x_test, EPOCHS, seed)
            codes = encoder.predict(x_test, verbose=0)
            codes = (dict(zip(('sample', 'mean'), codes))
                     if module == '3-variational' else {'code': codes})
            runs.append({
                'module': module, 'latent_dims': latent_dims, 'seed': seed,
                'epochs': EPOCHS, 'cross_entropy': {
                    name: cross_entropy(x_test, decoder.predict(
                        code, verbose=0)) for name, code in codes.items()}})
    record('bottleneck.json', runs)


if __name__ == '__main__':
    main()
