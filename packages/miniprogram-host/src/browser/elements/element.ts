/**
 * The base of the built-in components: custom elements, which glass-easel treats as native nodes.
 * Attributes are strings; WXML's `false` means that the attribute is absent.
 */
export class WxElement extends HTMLElement {
  static readonly observedAttributes: readonly string[] = ['aria-role', 'hidden', 'style']

  connectedCallback(): void {
    this.makeFocusable()
  }

  attributeChangedCallback(name: string, _old: string | null, value: string | null): void {
    switch (name) {
      case 'aria-role':
        if (value === null) this.removeAttribute('role')
        else this.setAttribute('role', value)
        this.makeFocusable()
        break
      case 'hidden':
        if (value === 'false') this.removeAttribute('hidden')
        break
      case 'style':
        if (value?.includes('rpx') === true)
          this.setAttribute(
            'style',
            value.replace(/(-?(?:\d*\.)?\d+)rpx\b/g, (_, rpx: string) => `${Number(rpx) / 7.5}vw`),
          )
        break
    }
  }

  /** Whether the attribute is present and not `false`. */
  protected has(name: string): boolean {
    const value = this.getAttribute(name)
    return value !== null && value !== 'false'
  }

  /** The value that the template bound to an attribute: an array or object is still one. */
  protected raw(name: string): unknown {
    const node: unknown = Reflect.get(this, '__wxElement')
    const read: unknown =
      typeof node === 'object' && node !== null ? Reflect.get(node, 'getAttribute') : undefined
    const bound: unknown = typeof read === 'function' ? Reflect.apply(read, node, [name]) : null
    return bound ?? this.getAttribute(name)
  }

  /** Dispatches an event with a detail, as WeChat's components do. */
  protected send(type: string, detail: Readonly<Record<string, unknown>>, bubbles = false): void {
    this.dispatchEvent(new CustomEvent(type, { bubbles, detail }))
  }

  /** Makes an element with the role of a control reachable by keyboard. */
  protected makeFocusable(): void {
    const role = this.getAttribute('role')
    if (role !== null && /^(button|link|checkbox|radio|switch|tab)$/.test(role)) this.tabIndex = 0
  }
}
