"""Task 2, the convolutional autoencoder: a test is one requirement."""
from checker import convolutional, requirements


def test_builds(solution):
    """`autoencoder(input_dims, filters, latent_dims)` creates one."""
    requirements.builds(solution)


def test_returns(solution):
    """Returns: `encoder, decoder, auto`."""
    requirements.in_order(solution)


def test_filters(solution):
    """`filters` has the number of filters for each convolution."""
    convolutional.filters(solution, 'encoder')


def test_filters_reversed(solution):
    """The filters should be reversed for the decoder."""
    convolutional.filters(solution, 'decoder')


def test_filters_kept(solution):
    """`filters` is what the caller has: it stays as it is."""
    requirements.list_kept(solution)


def test_encoder_kernels(solution):
    """Each convolution in the encoder has a kernel size of (3, 3)."""
    convolutional.kernels(solution, 'encoder')


def test_encoder_padding(solution):
    """Each convolution in the encoder has same padding."""
    convolutional.encoder_padding(solution)


def test_encoder_relu(solution):
    """Each convolution in the encoder has `relu` activation."""
    convolutional.encoder_relu(solution)


def test_pooling(solution):
    """Each convolution in the encoder is followed by max pooling (2, 2)."""
    convolutional.pooling(solution)


def test_decoder_kernels(solution):
    """Each convolution in the decoder has a filter size of (3, 3)."""
    convolutional.kernels(solution, 'decoder')


def test_decoder_padding(solution):
    """Convolutions in the decoder have same padding, but for one."""
    convolutional.decoder_padding(solution)


def test_valid_padding(solution):
    """The second to last convolution should instead use valid padding."""
    convolutional.valid(solution)


def test_decoder_relu(solution):
    """Convolutions in the decoder have `relu`, except for the last."""
    convolutional.decoder_relu(solution)


def test_upsampling(solution):
    """They are followed by upsampling of (2, 2), except for the last."""
    convolutional.upsampling(solution)


def test_channels(solution):
    """The last has as many filters as `input_dims` has channels."""
    convolutional.channels(solution)


def test_sigmoid(solution):
    """The last convolution has `sigmoid` activation."""
    convolutional.sigmoid(solution)


def test_input_dims(solution):
    """`input_dims` is a tuple, the dimensions of the model input."""
    convolutional.explained(solution)
    requirements.input_dims(solution)


def test_latent_dims(solution):
    """`latent_dims` is a tuple, the dimensions of the latent space."""
    requirements.latent_dims(solution)


def test_auto(solution):
    """`auto` is the full autoencoder model, of `encoder` and `decoder`."""
    convolutional.explained(solution)
    requirements.joined(solution)


def test_adam(solution):
    """The model should be compiled using adam optimization."""
    requirements.adam(solution)


def test_trains(solution):
    """`auto.fit(x_train, x_train, ..., validation_data=...)` trains it."""
    convolutional.explained(solution)
    requirements.trains(solution)


def test_cross_entropy(solution):
    """The model should be compiled using binary cross-entropy loss."""
    convolutional.explained(solution)
    requirements.cross_entropy(solution, 'mean')
