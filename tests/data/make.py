#!/usr/bin/env python3
"""Write the weights that test_saving.py loads. Run it with Keras 2.15."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent.parent))
ARGUMENTS = {
    '0-vanilla': (12, [8, 6], 4),
    '1-sparse': (12, [8, 6], 4, 0.01),
    '2-convolutional': ((28, 28, 1), [3, 2, 2], (4, 4, 2)),
    '3-variational': (12, [8], 2),
}


def main():
    """Save the weights of small trained models, and what they predict."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    (FOLDER / 'arguments.json').write_text(json.dumps(ARGUMENTS) + '\n')
    for module, arguments in ARGUMENTS.items():
        tf.keras.utils.set_random_seed(0)
        encoder, decoder, auto = __import__(module).autoencoder(*arguments)
        x = np.random.default_rng(0).random(
            (5, *auto.input_shape[1:]), 'float32'
        )
        auto.fit(x, x, epochs=3, verbose=0)
        codes = encoder.predict(x, verbose=0)
        codes = codes[-1] if isinstance(codes, list) else codes
        auto.save_weights(FOLDER / f'{module}.weights.h5')
        np.savez(
            FOLDER / f'{module}.npz',
            x=x,
            codes=codes,
            reconstructed=decoder.predict(codes, verbose=0),
        )


if __name__ == '__main__':
    main()
