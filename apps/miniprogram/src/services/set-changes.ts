interface WithData<Data extends object> {
  readonly data: Data
  setData(changes: WechatMiniprogram.IAnyObject): void
}

/**
 * Sets of these members of a page's data only what changed: setData costs by its size
 * (developers.weixin.qq.com, setData).
 */
export function setChanges<Data extends object>(page: WithData<Data>, next: Partial<Data>): void {
  const changes: WechatMiniprogram.IAnyObject = {}
  for (const [name, value] of Object.entries(next))
    collect(changes, name, Reflect.get(page.data, name), value)
  if (Object.keys(changes).length > 0) page.setData(changes)
}

/** Adds what differs under its path, such as `goods[2].quantity`. */
function collect(changes: WechatMiniprogram.IAnyObject, path: string, before: unknown, after: unknown): void {
  if (before === after) return
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    after.forEach((value, index) => collect(changes, `${path}[${index}]`, before[index], value))
  } else if (isRecord(before) && isRecord(after) && haveSameKeys(before, after)) {
    for (const [key, value] of Object.entries(after)) collect(changes, `${path}.${key}`, before[key], value)
  } else changes[path] = after
}

function haveSameKeys(one: object, other: object): boolean {
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every((key) => key in other)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
