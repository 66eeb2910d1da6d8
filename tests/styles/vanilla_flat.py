"""All layers are called on the inputs of `auto` and on those of `decoder`."""

import tensorflow.keras as keras


def autoencoder(input_dims, hidden_layers, latent_dims):
    if not isinstance(hidden_layers, list):
        raise TypeError('hidden_layers should be a list')
    inputs = keras.Input(shape=(input_dims,), name='in')
    x = keras.layers.Dense(
        hidden_layers[0], 'relu', kernel_initializer='he_normal'
    )(inputs)
    for i in range(1, len(hidden_layers)):
        x = keras.layers.Dense(hidden_layers[i], 'relu')(x)
    code = x = keras.layers.Dense(latent_dims, 'relu', name='code')(x)
    encoder = keras.Model(inputs, code)
    given = y = keras.Input(shape=(latent_dims,))
    for i in range(len(hidden_layers) - 1, -1, -1):
        layer = keras.layers.Dense(hidden_layers[i], 'relu')
        x, y = layer(x), layer(y)
    layer = keras.layers.Dense(input_dims, 'sigmoid')
    auto = keras.Model(inputs, layer(x))
    decoder = keras.Model(given, layer(y))
    for model in (encoder, decoder, auto):
        model.compile('adam', 'binary_crossentropy')
        model.summary()
    return encoder, decoder, auto
