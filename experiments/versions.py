#!/usr/bin/env python3
"""Record a short run of each model on the Keras that runs this.

Run on several versions, it shows whether they give the same. The
convolutional model, which is slow, has 4,500 digits and 500 to test.
"""
from importlib import metadata

from runs import ARGUMENTS, build, parser_with_data, record, train
from common.digits import load_digits

# How often to go through the digits.
EPOCHS = 3


def main():
    """Train each model for a few epochs and record its losses."""
    options = parser_with_data(__doc__).parse_args()
    (x_train, _), (x_test, _) = load_digits(options.data)
    version = metadata.version('keras')
    runs = {}
    for module in ARGUMENTS:
        _, _, auto = build(module)
        shape = (-1, *auto.input_shape[1:])
        train_n, test_n = ((4500, 500) if module == '2-convolutional'
                           else (len(x_train), len(x_test)))
        runs[module] = train(auto, x_train[:train_n].reshape(shape),
                             x_test[:test_n].reshape(shape), EPOCHS)
    record(f'keras-{version}.json', runs)


if __name__ == '__main__':
    main()
