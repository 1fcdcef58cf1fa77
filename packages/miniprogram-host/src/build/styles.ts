import { type AtRule, CssSyntaxError, parse, type Root, root as emptyRoot, type Rule } from 'postcss'
import selectorParser from 'postcss-selector-parser'
import type { UnitConfig } from '../program.ts'
import { type BuildProblem, BuildError } from './problems.ts'
import { type ProgramSource, readText, resolveFrom, stemOf } from './source.ts'

/** Where a style sheet applies: the whole Mini Program, one page, or the inside of one component. */
type Reach =
  | { readonly kind: 'app' }
  | { readonly kind: 'page'; readonly unit: string }
  | { readonly kind: 'component'; readonly scope: string }

/** The class prefix of each unit whose styles are its own: components, unless their JSON shares them. */
export function scopesOf(units: Readonly<Record<string, UnitConfig>>): Record<string, string> {
  const isolated = Object.entries(units).filter(
    ([, { component, styleIsolation = 'isolated' }]) =>
      component === true && ['isolated', 'apply-shared'].includes(styleIsolation),
  )
  return Object.fromEntries(isolated.map(([unit], index) => [unit, `s${index}`]))
}

/**
 * Translates every WXSS file that applies to one CSS text, in WeChat's order: the app's, the components', the pages'.
 * - `rpx` becomes a share of the screen's width (750rpx) and `vh` one of the page's own height;
 * - tags become the host's elements, and `page` its page element;
 * - a page's rules reach that page only, a component's its own inside (class prefix, `:host`);
 * - `prefers-color-scheme` and `env(safe-area-inset-*)` follow the phone, not the browser around it.
 */
export function compileStyles(source: ProgramSource, scopes: Readonly<Record<string, string>>): string {
  const units = Object.keys(source.units).filter((unit) => source.files.includes(`${unit}.wxss`))
  const pages = units.filter((unit) => source.app.pages.includes(unit) && scopes[unit] === undefined)
  const components = units.filter((unit) => !pages.includes(unit))
  const problems: BuildProblem[] = []
  const compile = (file: string, reach: Reach): string => {
    const root = inlineImports(source, file, [], problems)
    translate(root, reach, problems)
    return root.toString()
  }
  const texts = [
    ...(source.files.includes('app.wxss') ? [compile('app.wxss', { kind: 'app' })] : []),
    ...components.map((unit) => {
      const scope = scopes[unit]
      return compile(`${unit}.wxss`, scope === undefined ? { kind: 'app' } : { kind: 'component', scope })
    }),
    ...pages.map((unit) => compile(`${unit}.wxss`, { kind: 'page', unit })),
  ]
  if (problems.length > 0) throw new BuildError(problems)
  return texts.join('\n')
}

function inlineImports(
  source: ProgramSource,
  file: string,
  within: readonly string[],
  problems: BuildProblem[],
): Root {
  let root: Root
  try {
    root = parse(readText(source.dir, file), { from: file })
  } catch (error) {
    if (!(error instanceof CssSyntaxError)) throw error
    problems.push({ file, line: error.line ?? 1, message: error.reason })
    return emptyRoot()
  }
  root.walkAtRules('import', (rule) => {
    const target = resolveFrom(stemOf(file), rule.params.replace(/^url\(|\)$|['"]/g, ''))
    const line = rule.source?.start?.line ?? 1
    if (!source.files.includes(target))
      problems.push({ file, line, message: `@import: ${target} is missing` })
    else if (target === file || within.includes(target))
      problems.push({ file, line, message: `@import: ${target} imports itself` })
    else rule.replaceWith(inlineImports(source, target, [...within, file], problems).nodes)
  })
  return root
}

function translate(root: Root, reach: Reach, problems: BuildProblem[]): void {
  root.walkDecls((declaration) => {
    declaration.value = declaration.value
      .replace(/(-?(?:\d*\.)?\d+)rpx\b/g, (_, length: string) => `${roundedVw(Number(length))}vw`)
      .replace(/(-?(?:\d*\.)?\d+)vh\b/g, '$1cqh')
      .replace(/\b(?:env|constant)\((?=safe-area-inset-)/g, 'var(--')
  })
  root.walkRules((rule) => {
    if (isKeyframe(rule)) return
    rule.selector = selectorParser((selectors) => translateSelectors(selectors, reach)).processSync(
      rule.selector,
    )
  })
  root.walkAtRules('media', (rule) => translateColourScheme(rule, problems))
}

/** 750rpx are the width of the screen (developers.weixin.qq.com, WXSS). */
function roundedVw(rpx: number): number {
  return Number((rpx / 7.5).toFixed(5))
}

function isKeyframe(rule: Rule): boolean {
  return rule.parent?.type === 'atrule' && 'name' in rule.parent && rule.parent.name.endsWith('keyframes')
}

function translateSelectors(selectors: selectorParser.Root, reach: Reach): void {
  selectors.walkTags((tag) => {
    tag.value = `wx-${tag.value}`
  })
  if (reach.kind === 'component') {
    selectors.walkClasses((name) => {
      name.value = `${reach.scope}--${name.value}`
    })
    selectors.walkPseudos((pseudo) => {
      if (pseudo.value !== ':host') return
      pseudo.replaceWith(
        selectorParser.attribute({
          attribute: 'wx-host',
          operator: '=',
          value: reach.scope,
          quoteMark: '"',
          raws: {},
        }),
      )
    })
  }
  // `:where()` adds nothing to the specificity, so that the Mini Program's own cascade stays as it is.
  if (reach.kind === 'page') prefixEach(selectors, `:where([data-page="${reach.unit}"])`)
}

function prefixEach(selectors: selectorParser.Root, prefix: string): void {
  selectors.each((selector) => {
    selector.prepend(selectorParser.combinator({ value: ' ' }))
    selector.prepend(selectorParser.pseudo({ value: prefix }))
  })
}

function translateColourScheme(rule: AtRule, problems: BuildProblem[]): void {
  if (!rule.params.includes('prefers-color-scheme')) return
  const theme = /^\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)$/.exec(rule.params)?.[1]
  if (theme === undefined) {
    problems.push({
      file: rule.source?.input.from ?? 'WXSS',
      line: rule.source?.start?.line ?? 1,
      message: 'prefers-color-scheme can only stand alone in this host',
    })
    return
  }
  rule.walkRules((inner) => {
    if (isKeyframe(inner)) return
    inner.selector = selectorParser((selectors) =>
      prefixEach(selectors, `:where([data-theme="${theme}"])`),
    ).processSync(inner.selector)
  })
  rule.replaceWith(rule.nodes ?? [])
}
