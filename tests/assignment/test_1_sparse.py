"""Task 1, the sparse autoencoder: each test is one of its requirements."""
from checker import requirements, sparse


def test_builds(solution):
    """`autoencoder` takes input_dims, hidden_layers, latent_dims, lambtha."""
    requirements.builds(solution)


def test_returns(solution):
    """Returns: `encoder, decoder, auto`."""
    requirements.in_order(solution)


def test_input_dims(solution):
    """`input_dims` is an integer, the dimensions of the model input."""
    requirements.input_dims(solution)


def test_latent_dims(solution):
    """`latent_dims` is an integer, the dimensions of the latent space."""
    requirements.latent_dims(solution)


def test_hidden_layers(solution):
    """`hidden_layers` has the number of nodes for each hidden layer."""
    requirements.hidden(solution, 'encoder')


def test_hidden_layers_reversed(solution):
    """The hidden layers should be reversed for the decoder."""
    requirements.hidden(solution, 'decoder')


def test_hidden_layers_kept(solution):
    """`hidden_layers` is what the caller has: it stays as it is."""
    requirements.list_kept(solution)


def test_encoder_relu(solution):
    """All layers should use a `relu` activation: the encoder's."""
    requirements.relu(solution, 'encoder')


def test_decoder_relu(solution):
    """All layers should use a `relu` activation except for the last."""
    requirements.relu(solution, 'decoder')


def test_sigmoid(solution):
    """The last layer in the decoder should use `sigmoid`."""
    requirements.sigmoid(solution)


def test_auto(solution):
    """`auto` is the sparse autoencoder model, of `encoder` and `decoder`."""
    requirements.joined(solution)


def test_adam(solution):
    """The model should be compiled using adam optimization."""
    requirements.adam(solution)


def test_trains(solution):
    """`auto.fit(x_train, x_train, ..., validation_data=...)` trains it."""
    requirements.trains(solution)


def test_cross_entropy(solution):
    """The model should be compiled using binary cross-entropy loss."""
    requirements.cross_entropy(solution, 'mean', encoder='zero')


def test_penalty(solution):
    """`lambtha` is for L1 regularization on the encoded output."""
    sparse.penalty(solution)
