// Colours JSON as it came: token by token over the text, never through JSON.parse, so that number
// forms, key order and what is no JSON at all appear as they were on the wire. Builds nodes with
// textContent only.

const tokens = new RegExp([
  /("[^"\\]*(?:\\[^][^"\\]*)*"?)(?=(\s*:)?)/, // a string, closed or cut off; is it a key?
  /(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/,
  /(true|false|null)\b/,
  /\s+|[^]/,
].map((part) => part.source).join('|'), 'g');

function* tokensOf(text) {
  for (const match of text.matchAll(tokens)) {
    const [token, string, colon, number, word] = match;
    if (string) yield { token, kind: colon ? 'j-key' : 'j-string' };
    else if (number) yield { token, kind: 'j-number' };
    else if (word) yield { token, kind: 'j-word' };
    else yield { token, kind: '' };
  }
}

function append(parent, token, kind) {
  if (!kind) {
    parent.append(token);
    return;
  }
  const span = document.createElement('span');
  span.className = kind;
  span.textContent = token;
  parent.append(span);
}

export function colour(parent, text) {
  for (const { token, kind } of tokensOf(text)) append(parent, token, kind);
}

// The same text on indented lines.
export function colourPretty(parent, text) {
  let depth = 0;
  let opened = false; // the last token was { or [, whose line break waits: {} stays on one line
  const newLine = () => parent.append('\n' + '  '.repeat(Math.min(depth, 40)));
  for (const { token, kind } of tokensOf(text)) {
    if (!kind && /^\s/.test(token)) continue;
    const closes = !kind && (token === '}' || token === ']');
    if (closes) depth = Math.max(0, depth - 1);
    if (opened !== closes) newLine();
    opened = !kind && (token === '{' || token === '[');
    append(parent, !kind && token === ':' ? ': ' : token, kind);
    if (opened) depth += 1;
    if (!kind && token === ',') newLine();
  }
}
