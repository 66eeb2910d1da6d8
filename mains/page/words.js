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
  return model.variational && source === 'encoder' ? 'drawn by the encoder'
                                                   : SOURCES[source];
}

function leadText() {
  if (several) {
    return `Draw a digit, and see what each of ${columns.length} models makes `
      + 'of it: an encoder turns its 784 pixels into a code, and a decoder '
      + 'draws it again from this code, and nothing else.';
  }
  const {variational, codeSize} = columns[0].model;
  const values = codeSize === 1 ? 'one value' : `${codeSize} values`;
  return variational
    ? 'Draw a digit. From its 784 pixels, the encoder makes a normal '
      + `distribution over codes of ${values}; the decoder gets one draw `
      + 'from it, and nothing else, to draw the digit again.'
    : `Draw a digit. From its 784 pixels, the encoder makes a code of `
      + `${values}; the decoder gets this code, and nothing else, to draw the `
      + 'digit again.';
}

function codeText({model}) {
  const {variational, codeSize, codeShape, penalty} = model;
  const texts = [];
  if (codeSize === 2) {
    texts.push('The coloured numbers are the '
      + `${variational ? 'means' : 'codes'} of test digits; behind them, `
      + 'faintly, what each place decodes to. Drag the point, or use the '
      + 'arrow keys.');
  } else if (codeShape.length > 1) {
    texts.push(`The code is a small picture: ${codeShape[2]} maps of `
      + `${codeShape[0]}×${codeShape[1]}, whose cells keep their place. `
      + 'Drag a cell up or down, or use the arrow keys.');
  } else if (variational) {
    texts.push('The pale band is one deviation around the mean. Pull a bar, '
      + 'or use the arrow keys.');
  } else {
    texts.push('What digits have in common is in the weights; the code '
      + 'carries what differs between them. Pull a bar, or use the arrow '
      + 'keys, and see what it changes. The pale bands are the values for '
      + 'test digits.');
  }
  if (variational) {
    texts.push('Since the code is a draw, its neighbourhood has to decode to '
      + 'this digit, too: that leaves fewer holes.');
  }
  if (penalty) {
    texts.push('In training, their sum had a price (an L1 penalty of '
      + `${penalty}).`);
  }
  return texts.join(' ');
}

/* How the codes at random are drawn, and what one may expect: of many values,
   most combinations occur for no digit. */
function randomText({model}) {
  const {variational, codeSize} = model, few = codeSize <= 3;
  const drawn = variational
    ? 'Codes drawn from N(0, I), the distribution towards which the '
      + 'divergence pulls the encoder’s.'
    : 'Each value is drawn from the ones it has for the test digits, '
      + 'independently.';
  if (variational) {
    return `${drawn} ` + (few
      ? 'Most of these codes lie where the decoder was trained, and so they '
        + 'give digits, or blends of them: it is a generative model.'
      : `With ${codeSize} values, many of these codes lie between the places `
        + 'where the decoder was trained: look how many give a digit.');
  }
  return `${drawn} ` + (few
    ? 'With so few values, most of these codes lie near codes of digits, and '
      + 'so they give digits, too, or blends of them, though nothing in the '
      + 'training asked for it.'
    : 'Most of these codes lie in holes, where no digit has its code and the '
      + 'decoder was never trained: it is not a generative model.');
}

function writeTexts() {
  setText(find('lead'), leadText());
  setText(find('about-random'), several
    ? 'Of a variational model, codes are drawn from N(0, I); of the others, '
      + 'each value from the ones that it has for the test digits.'
    : randomText(columns[0]));
}
