/**
 * Makes an element. Strings become text nodes, so no text of a report is ever read as markup.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * Makes a drawing of one or more SVG shapes; it is decoration, so it is hidden from screen readers.
 *
 * @param {Record<string, string>} attributes
 * @param {...[tag: string, attributes: Record<string, string>]} shapes
 */
export function drawing(attributes, ...shapes) {
  const svg = (/** @type {string} */ tag, /** @type {Record<string, string>} */ given) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(given)) made.setAttribute(name, value);
    return made;
  };
  const root = svg('svg', { 'aria-hidden': 'true', ...attributes });
  root.append(...shapes.map(([tag, given]) => svg(tag, given)));
  return root;
}

/**
 * An element that the document is known to have.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`report page: no element #${id}`);
  return found;
}
