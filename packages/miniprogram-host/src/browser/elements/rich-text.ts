import { assetUrl } from '../assets.ts'
import { WxElement } from './element.ts'

/** What `<rich-text>` draws; other tags and attributes are left out (developers.weixin.qq.com, rich-text). */
const TAGS: ReadonlySet<string> = new Set(
  [
    'a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd',
    'del div dl dt em fieldset font footer h1 h2 h3 h4 h5 h6 header hr i img ins label legend li mark',
    'nav ol p pre q rt ruby s section small span strong sub sup table tbody td tfoot th thead tr tt u ul',
  ].flatMap((names) => names.split(' ')),
)
const ATTRIBUTES: ReadonlySet<string> = new Set(
  'class style align alt src height width colspan rowspan start type span dir size color face'.split(' '),
)

/** `<rich-text>`: `nodes` as HTML text or as WeChat's array of nodes, without any event inside. */
export class WxRichText extends WxElement {
  static override readonly observedAttributes = [...WxElement.observedAttributes, 'nodes']

  override connectedCallback(): void {
    super.connectedCallback()
    this.#draw()
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value)
    if (name === 'nodes' && this.isConnected) this.#draw()
  }

  #draw(): void {
    const nodes = this.raw('nodes')
    if (Array.isArray(nodes)) this.replaceChildren(...nodes.flatMap(fromNode))
    else {
      const html = typeof nodes === 'string' ? nodes : ''
      // A parsed document runs nothing and loads nothing.
      const parsed = new DOMParser().parseFromString(html, 'text/html')
      this.replaceChildren(...[...parsed.body.childNodes].flatMap(fromDocument))
    }
  }
}

function fromDocument(node: ChildNode): (HTMLElement | Text)[] {
  if (node instanceof Text) return [new Text(node.data)]
  if (!(node instanceof HTMLElement)) return []
  const attributes = [...node.attributes].map(({ name, value }) => [name, value] as const)
  return element(node.localName, attributes, [...node.childNodes].flatMap(fromDocument))
}

function fromNode(node: unknown): (HTMLElement | Text)[] {
  if (typeof node !== 'object' || node === null) return []
  if ('type' in node && node.type === 'text') return [new Text('text' in node ? String(node.text) : '')]
  const name = 'name' in node ? String(node.name).toLowerCase() : ''
  const attributes = 'attrs' in node && typeof node.attrs === 'object' ? Object.entries(node.attrs ?? {}) : []
  const children = 'children' in node && Array.isArray(node.children) ? node.children.flatMap(fromNode) : []
  return element(
    name,
    attributes.map(([key, value]) => [key, String(value)] as const),
    children,
  )
}

function element(
  name: string,
  attributes: readonly (readonly [string, string])[],
  children: readonly (HTMLElement | Text)[],
): (HTMLElement | Text)[] {
  if (!TAGS.has(name)) return [...children]
  const made = document.createElement(name)
  for (const [key, value] of attributes)
    if (ATTRIBUTES.has(key)) made.setAttribute(key, key === 'src' ? assetUrl(value, 'app') : value)
  made.append(...children)
  return [made]
}
