/** Elements made, and kept up to date without being replaced. Data becomes text or an attribute, never markup. */

/**
 * @typedef {string | number | boolean | null | undefined} Attribute
 * @typedef {(event: any) => unknown} Listener
 */

/**
 * Makes an element; a property that is a function listens to the event of that name.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Attribute | Listener>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else set(element, name, value);
  }
  element.append(...children);
  return element;
}

/** Sets an attribute, or removes it for `false`, `null` and `undefined`. */
export function set(/** @type {Element} */ element, /** @type {string} */ name, /** @type {Attribute} */ value) {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? "" : String(value));
}

/** Sets the text of an element that holds nothing else. An unchanged text is left alone, with its selection. */
export function write(/** @type {Element} */ element, /** @type {string} */ text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Shows or hides. */
export function show(/** @type {HTMLElement} */ element, /** @type {boolean} */ visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

/**
 * Keeps a list up to date: an item's element is made once and stays where it is, with its focus, while the item is in
 * the list.
 * @template Item
 * @param {Element} container
 * @param {(item: Item) => { root: Element, update: (item: Item) => void }} make
 * @returns {(items: Item[], key: (item: Item) => string) => void}
 */
export function keyed(container, make) {
  /** @type {Map<string, { root: Element, update: (item: Item) => void }>} */
  const made = new Map();
  return (items, key) => {
    const keys = new Set(items.map(key));
    for (const [known, { root }] of made) {
      if (keys.has(known)) continue;
      root.remove();
      made.delete(known);
    }
    let next = container.firstElementChild;
    for (const item of items) {
      let row = made.get(key(item));
      if (row === undefined) {
        row = make(item);
        made.set(key(item), row);
      }
      row.update(item);
      if (row.root === next) next = next.nextElementSibling;
      else container.insertBefore(row.root, next);
    }
  };
}

/** Why a button cannot be pressed now, by button. */
const reasons = new WeakMap();

/** Says why a button cannot be pressed, or that it can. It keeps its place and its focus either way. */
export function forbid(/** @type {HTMLButtonElement} */ button, /** @type {string | null} */ reason) {
  reasons.set(button, reason);
  set(button, "aria-disabled", reason === null ? null : "true");
  set(button, "title", reason);
}

/** @returns {string | null} */
export function forbidden(/** @type {HTMLButtonElement} */ button) {
  return reasons.get(button) ?? null;
}

const SVG = "http://www.w3.org/2000/svg";

/** Paths in a square of 24. */
const ICONS = {
  out: "M7 17 17 7M9 7h8v8",
  in: "M17 7 7 17M7 9v8h8",
  right: "M5 12h14M13 6l6 6-6 6",
  left: "M19 12H5M11 6l-6 6 6 6",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6 6 18",
};

/** A picture beside a word that says the same. */
export function icon(/** @type {keyof typeof ICONS} */ name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
