import { byId, element } from './dom.js';

/**
 * Sets up the button that switches between light and dark. Until it is used the page follows the
 * system.
 *
 * @param {() => void} changed runs after every change of the colours
 */
export function startTheme(changed) {
  const button = byId('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  /** @type {boolean | null} */
  let chosen = null;

  const isDark = () => (chosen === null ? system.matches : chosen);
  const apply = () => {
    const dark = isDark();
    if (chosen !== null) root.dataset.theme = dark ? 'dark' : 'light';
    forgetColours();
    button.textContent = dark ? 'Light' : 'Dark';
    button.setAttribute('aria-label', dark ? 'Use light colours' : 'Use dark colours');
    changed();
  };

  button.addEventListener('click', () => {
    chosen = !isDark();
    apply();
  });
  system.addEventListener('change', apply);
  apply();
}

/** Reads every colour anew when it is asked for the next time. */
export function forgetColours() {
  resolved.clear();
}

/** Colours as the current theme has them, by name. @type {Map<string, string>} */
const resolved = new Map();

/**
 * A colour of the style sheet under the current theme, in a form that a canvas takes.
 *
 * @param {string} name for example `demand`
 */
export function colour(name) {
  let value = resolved.get(name);
  if (value === undefined) {
    // Only as the colour of an element does light-dark() come out as one of its two.
    const probe = element('span');
    // Not as an attribute, which the page's security policy forbids.
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    value = getComputedStyle(probe).color;
    probe.remove();
    resolved.set(name, value);
  }
  return value;
}
