"""Arrays as JSON can hold them."""

import base64

import numpy as np


def as_text(values, dtype):
    """Return the bytes of an array, little-endian, as base64."""
    values = np.asarray(values).astype(np.dtype(dtype).newbyteorder('<'))
    return base64.b64encode(values.tobytes()).decode()


def integers(array, bits):
    """Return an array as integers, with a scale for each of the last axis.

    In 16 bits, kernels come several times closer than in float16, which
    spends 5 of its bits on magnitudes that no kernel has.
    """
    whole, scale = rounded(array, bits)
    return {
        'bits': bits,
        'integers': as_text(whole, f'int{bits}'),
        'scale': as_text(scale, 'float32'),
    }


def rounded(array, bits):
    """Return the integers nearest to an array, in units of the scales."""
    largest = 2 ** (bits - 1) - 1
    scale = np.abs(array).reshape(-1, array.shape[-1]).max(axis=0) / largest
    scale = np.maximum(scale, 1e-30).astype('float32')  # 0 for unused outputs
    # Since the scale is rounded, the largest may come out larger than that.
    whole = np.rint(array / scale.astype('float64')).clip(-largest, largest)
    return whole, scale
