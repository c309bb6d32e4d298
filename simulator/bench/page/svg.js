/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 */
export function shape(tag, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/**
 * @param {string} words
 * @param {Record<string, string>} attributes
 */
export function text(words, attributes) {
  const made = shape('text', attributes);
  made.append(words);
  return made;
}

/** @param {string} words */
export function title(words) {
  const made = shape('title', {});
  made.append(words);
  return made;
}
