/** Small hands for the page: names and messages go in as text only, never as markup. */

/**
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} kind
 * @returns {T} the element, which the page's own markup must hold
 */
export function find(root, selector, kind) {
  const element = root.querySelector(selector);
  if (!(element instanceof kind)) throw new TypeError(`the page holds no ${selector}`);
  return element;
}

/**
 * Makes an element with text, attributes and children.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean>} [attributes] `text` is the content, true an empty attribute
 * @param {(Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, children = []) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = String(value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * Brings children into an order. Those that stand right are not touched, and what has the focus keeps it.
 * @param {Element} parent
 * @param {readonly Element[]} children all that it has
 */
export function arrange(parent, children) {
  const { activeElement } = document;
  let next = parent.firstElementChild;
  for (const child of children) {
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
  if (activeElement instanceof HTMLElement && activeElement !== document.activeElement) activeElement.focus({ preventScroll: true });
}

/**
 * Sends an event upward from an element.
 * @param {Element} element
 * @param {string} type
 * @param {unknown} [detail]
 */
export function send(element, type, detail) {
  element.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
}
