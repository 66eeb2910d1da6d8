"""Compute, and train, with the backend and the data format that are set.

Prints the backend, and why a module cannot do with it.
"""

import sys

import numpy as np
from tensorflow import keras

from common import ARGUMENTS

assert keras.backend.image_data_format() == 'channels_first'
print(keras.backend.backend())
keras_3 = hasattr(keras, 'ops')
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
    found = encoder(x)
    if module == '3-variational':
        found = found[1]
    for got, expected in ((found, codes), (decoder(codes), reconstructed)):
        got = keras.ops.convert_to_numpy(got) if keras_3 else got
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)
    # That of NumPy cannot train, and TensorFlow does in other tests.
    if keras.backend.backend() == 'torch':
        first, last = auto.fit(x, x, epochs=2, verbose=0).history['loss']
        assert last < first
