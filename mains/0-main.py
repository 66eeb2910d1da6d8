#!/usr/bin/env python3
"""Train the vanilla autoencoder on MNIST and draw what it reconstructs."""
import numpy as np

from digits import load_digits
from options import parse_options
from pictures import draw_reconstructions, show_pictures
from training import load_module, save_models, train


def main():
    """Load the digits, build the models, train them and draw pictures."""
    options = parse_options('0-vanilla', __doc__)
    (x_train, _), (x_test, _) = load_digits(options.data, shape=(784,))

    autoencoder = load_module(options)
    encoder, decoder, auto = autoencoder(784, [128, 64], 32)
    train(auto, x_train, x_test, options)

    encoded = encoder.predict(x_test[:10])
    print(np.mean(encoded))
    reconstructed = decoder.predict(encoded)

    draw_reconstructions(x_test[:10], reconstructed, options.output)
    save_models(options, encoder=encoder, decoder=decoder, autoencoder=auto)
    show_pictures()


if __name__ == '__main__':
    main()
