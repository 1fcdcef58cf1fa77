/** Resolves `reference` as written in the file `from`; a leading slash means the program's root. */
export function resolvePath(from: string, reference: string): string {
  const parts = reference.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const part of reference.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

/** `pages/home/home.wxml` → `pages/home/home` */
export function stemOf(file: string): string {
  return file.replace(/\.[^./]+$/, '')
}
