"""Predict and train with the backend and the data format that are set.

Prints the backend, and why a module cannot do with it.
"""

import sys

import numpy as np
from tensorflow import keras

from common import ARGUMENTS

assert keras.backend.image_data_format() == 'channels_first'
print(keras.backend.backend())
for module, sizes in ARGUMENTS.items():
    try:
        encoder, decoder, auto = __import__(module).autoencoder(*sizes)
    except RuntimeError as error:
        print(error)
        continue
    with np.load(f'{sys.argv[1]}/{module}.npz') as arrays:
        auto.set_weights(
            [arrays[f'arr_{i}'] for i in range(len(auto.weights))]
        )
        x, codes, reconstructed = (
            arrays[name] for name in ('x', 'codes', 'reconstructed')
        )
    found = encoder.predict(x, verbose=0)
    for got, expected in (
        (found[1] if isinstance(found, list) else found, codes),
        (decoder.predict(codes, verbose=0), reconstructed),
    ):
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)
    if keras.backend.backend() != 'numpy':  # it cannot train
        first, last = auto.fit(x, x, epochs=2, verbose=0).history['loss']
        assert last < first
