import { resolvePath } from '../paths.ts'
import { ASSETS_FOLDER } from '../program.ts'

/** The address of a Mini Program's file; `unit` is the page or component that names it. */
export function assetUrl(source: string, unit: string): string {
  return /^(https?:|data:)/.test(source) ? source : `${ASSETS_FOLDER}/${resolvePath(unit, source)}`
}
