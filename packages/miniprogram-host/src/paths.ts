/** Resolves `reference` as written in the file `from`; a leading slash means the program's root. */
export function resolvePath(from: string, reference: string): string {
  const parts = reference.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const part of reference.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

/**
 * The paths that `reference`, a script or a component named in the file `from`, may mean, the first
 * that exists being meant: a file or the index of a folder, else a package in the nearest
 * `miniprogram_npm` (developers.weixin.qq.com, npm).
 */
export function candidatePaths(from: string, reference: string): readonly string[] {
  const isPackage = !/^\.{0,2}\//.test(reference)
  const folders = from.split('/').slice(0, -1)
  const inPackages = folders
    .map((_, index) => folders.slice(0, folders.length - index))
    .concat([[]])
    .map((folder) => [...folder, 'miniprogram_npm', reference].join('/'))
  return [resolvePath(from, reference), ...(isPackage ? inPackages : [])].flatMap((path) => [
    path,
    `${path}/index`,
  ])
}

/** `pages/home/home.wxml` → `pages/home/home` */
export function stemOf(file: string): string {
  return file.replace(/\.[^./]+$/, '')
}
