/* The texts that depend on the models. */

const several = columns.length > 1;

/* Return which of several models a label is about. */
function ofModel({model}) {
  return several ? ` of ${model.title}` : '';
}

/* Put the title of one of several models above what is of it. */
function titled({model}, ...children) {
  return make('div', {class: 'of-model'}, ...several
    ? [make('h3', {}, model.title)] : [], ...children);
}

const SOURCES = {encoder: 'from the encoder', hand: 'by hand',
                 random: 'at random', way: 'between A and B'};

function sourceText({model, source}) {
  return model.variational && source === 'encoder' ? 'sampled by the encoder'
                                                   : SOURCES[source];
}

function leadText() {
  if (several) {
    return `Draw a digit, and see what each of ${columns.length} models makes `
      + 'of it: an encoder turns its 784 pixels into a code, and a decoder '
      + 'draws it again from this code, and nothing else. Then change a code: '
      + 'drag its bars, cells or point.';
  }
  const {variational, codeSize} = columns[0].model;
  const values = codeSize === 1 ? 'one value' : `${codeSize} values`;
  return variational
    ? 'Draw a digit. From its 784 pixels, the encoder makes a normal '
      + `distribution over codes of ${values}. The decoder gets one sample `
      + 'of it, and nothing else, to draw the digit again.'
    : `Draw a digit. From its 784 pixels, the encoder makes a code of `
      + `${values}. The decoder gets this code, and nothing else, to draw the `
      + 'digit again.';
}

function codeText({model}) {
  const {variational, codeSize, codeShape, penalty} = model;
  const texts = [];
  if (codeSize === 2) {
    texts.push('The coloured numbers are the '
      + `${variational ? 'means' : 'codes'} of test digits. Behind them, `
      + 'faintly, is what each place decodes to. Drag the point, or use the '
      + 'arrow keys.');
    if (variational) {
      texts.push('The ellipse, magnified, is one standard deviation around '
        + 'the mean.');
    }
  } else if (codeShape.length > 1) {
    texts.push(`The code is a small picture: ${codeShape[2]} maps of `
      + `${codeShape[0]}×${codeShape[1]}, whose cells keep their place. `
      + 'Drag a cell up or down, or use the arrow keys.');
  } else {
    texts.push('Drag a bar, or use the arrow keys, and see what it changes. '
      + `The pale bands are ${variational
        ? 'one standard deviation around the mean'
        : 'the values for test digits'}.`);
  }
  if (variational) {
    texts.push('The code is a sample: the mean, plus the standard deviation '
      + 'times noise. So codes near the mean have to decode to this digit, '
      + 'too.');
  }
  if (penalty) {
    texts.push('In training, the sum of the values had a price (an L1 penalty '
      + `of ${penalty}).`);
  }
  return texts.join(' ');
}

/* How the codes at random are drawn, and what to expect of them: what
   experiments/codes.py has counted, of vanilla and variational models. */
function randomText() {
  const normal = 'from N(0, I), the normal distribution that the KL '
    + 'divergence in the loss pulls the codes towards';
  const drawn = several
    ? `Of a variational model, codes are drawn ${normal}. Of the others, each `
      + 'value is taken from another test digit.'
    : columns[0].model.variational ? `Here, they are drawn ${normal}.`
    : 'Nothing in the training says which codes to draw; here, each value is '
      + 'taken from another test digit.';
  return `A generative model makes new digits, of codes at random. ${drawn} `
    + 'How many look like digits? With two values in a code, about as many of '
    + 'a vanilla model as of a variational one. With 32, fewer of both, and '
    + 'fewest of the vanilla one. Click on one to put it in the place of the '
    + 'encoder’s code, at the top.';
}

function writeTexts() {
  setText(find('lead'), leadText());
  setText(find('about-random'), randomText());
}
