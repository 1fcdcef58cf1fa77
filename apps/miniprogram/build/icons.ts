import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { PNG } from 'pngjs'
import type { Palette } from './colours.ts'

/** The ending of an icon that a selected tab shows; its source gives only the shape. */
const SELECTED = '-selected.png'
const SELECTED_DARK = '-selected-dark.png'

/** The icons of the selected tabs in the shop's own colour of each theme, by their path. */
export async function selectedIcons(
  root: string,
  { light, dark }: Palette,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const names = (await readdir(path.join(root, 'icons'))).filter((name) => name.endsWith(SELECTED))
  const icons = new Map<string, Uint8Array>()
  for (const name of names) {
    const shape = await readFile(path.join(root, 'icons', name))
    icons.set(`icons/${name}`, coloured(shape, light['accent'] ?? ''))
    icons.set(`icons/${name.replace(SELECTED, SELECTED_DARK)}`, coloured(shape, dark['accent'] ?? ''))
  }
  return icons
}

/** The variables of theme.json that name those icons: `homeSelected` and so on. */
export function iconVariables(icons: Iterable<string>, scheme: 'light' | 'dark'): Record<string, string> {
  const ending = scheme === 'light' ? SELECTED : SELECTED_DARK
  return Object.fromEntries(
    [...icons]
      .filter((file) => file.endsWith(ending))
      .map((file) => [`${path.basename(file, ending)}Selected`, file]),
  )
}

/** A picture with its own transparency in one colour, `#rrggbb`. */
function coloured(png: Uint8Array, colour: string): Uint8Array {
  const picture = PNG.sync.read(Buffer.from(png))
  const rgb = Buffer.from(colour.slice(1), 'hex')
  for (let pixel = 0; pixel < picture.data.length; pixel += 4) rgb.copy(picture.data, pixel)
  return PNG.sync.write(picture)
}
