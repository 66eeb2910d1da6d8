#!/usr/bin/env python3
"""Train an autoencoder in PyTorch on MNIST: a whole run for speed.py."""

import argparse

import numpy as np


def main():
    """Load the digits, train with a validation, reconstruct ten, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        'module', help='the module to train, such as 0-vanilla'
    )
    parser.add_argument('data', help="a file of digits like Keras' mnist.npz")
    parser.add_argument('output', help='the file to write the weights to')
    parser.add_argument(
        '--compile', action='store_true', help='use torch.compile'
    )
    options = parser.parse_args()
    # Imported late: --help does without them.
    import torch

    from torch_models import as_input, trainer

    shape = (28, 28, 1) if options.module == '2-convolutional' else (784,)
    with np.load(options.data) as file:
        x_train, x_test = (
            file[name].reshape(-1, *shape).astype('float32') / 255
            for name in ('x_train', 'x_test')
        )
    train, auto = trainer(options.module, x_train, 256, options.compile)
    x_test = as_input(x_test)
    for epoch in range(50):
        loss = train()
        with torch.no_grad():
            val_loss = np.mean(
                [float(auto.loss(x)) for x in x_test.split(250)]
            )
        print(
            f'Epoch {epoch + 1}/50 - loss: {loss:.4f} - '
            f'val_loss: {val_loss:.4f}',
            flush=True,
        )
    with torch.no_grad():
        print(auto.reconstruct(x_test[:10]).shape)
    torch.save(auto.state_dict(), options.output)


if __name__ == '__main__':
    main()
