/** What a server answers to a scrape. */
export interface Scrape {
  readonly text: string
  /** Each metric by its name, with its type and what it is. */
  readonly metrics: ReadonlyMap<string, { readonly type: string; readonly help: string }>
  /** The value of the series with exactly these labels; undefined where there is none. */
  readonly value: (name: string, labels?: Readonly<Record<string, string>>) => number | undefined
  /** Every value of a label, of every metric. */
  readonly labelValues: (label: string) => ReadonlySet<string>
}

/** Scrapes a server, as Prometheus does (prometheus.io, text-based format). */
export async function scrape({ operatorsUrl }: { readonly operatorsUrl: string }): Promise<Scrape> {
  const answer = await fetch(`${operatorsUrl}/metrics`)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`HTTP ${answer.status}: ${text}`)
  const metrics = new Map(
    [...text.matchAll(/^# HELP (\w+) (.*)\n# TYPE \1 (\w+)$/gm)].map(
      ([, name = '', help = '', type = '']) => [name, { type, help }],
    ),
  )
  const series = new Map(
    [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value]) => [
      `${name} ${labels
        .split(/(?<="),/)
        .toSorted()
        .join()}`,
      Number(value),
    ]),
  )
  return {
    text,
    metrics,
    value(name, labels = {}) {
      const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
      return series.get(`${name} ${wanted.toSorted().join()}`)
    },
    labelValues: (label) =>
      new Set([...text.matchAll(new RegExp(`[{,]${label}="([^"]*)"`, 'g'))].map(([, value = '']) => value)),
  }
}
