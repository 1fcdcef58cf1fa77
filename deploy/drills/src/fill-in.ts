import { readFile, writeFile } from 'node:fs/promises'

/** Fills in a file of deploy/ as `envsubst` does, and writes it. Throws where a value is missing. */
export async function fillIn(
  name: string,
  values: Readonly<Record<string, string>>,
  target: string,
): Promise<string> {
  const template = await readFile(new URL(`../../${name}`, import.meta.url), 'utf8')
  const filled = template.replace(/\$\{(\w+)\}/g, (_, key: string) => {
    const value = values[key]
    if (value === undefined) throw new Error(`${name} needs ${key}.`)
    return value
  })
  await writeFile(target, filled)
  return filled
}
