import path from 'node:path'
import { type AtRule, CssSyntaxError, parse, type Root, root as emptyRoot, type Rule } from 'postcss'
import selectorParser from 'postcss-selector-parser'
import { resolvePath } from '../paths.ts'
import type { UnitConfig } from '../program.ts'
import type { BuildProblem } from './problems.ts'
import type { ProgramSource } from './read-program.ts'

/** Where a style sheet applies: everywhere, in one page, or to one component's own elements. */
type Reach =
  | { readonly kind: 'app' }
  | { readonly kind: 'page'; readonly unit: string }
  | { readonly kind: 'component'; readonly scope: string }

/** The class prefix of each component that isolates its styles. */
export function scopesOf(units: Readonly<Record<string, UnitConfig>>): Record<string, string> {
  const isolated = Object.entries(units).filter(
    ([, { component, styleIsolation = 'isolated' }]) =>
      component === true && ['isolated', 'apply-shared'].includes(styleIsolation),
  )
  return Object.fromEntries(isolated.map(([unit], index) => [unit, `s${index}`]))
}

export interface CompiledStyles {
  /** CSS. */
  readonly code: string
  readonly problems: readonly BuildProblem[]
}

/**
 * Translates the WXSS files to one CSS text, in WeChat's order: the app's, the components', the pages'.
 * - `rpx` becomes a share of the screen's width (750rpx), and `vh` a share of the page's height;
 * - tags become the host's elements, and `page` its page element;
 * - a page's rules apply to that page only, a component's to its own elements (class prefix, `:host`);
 * - `prefers-color-scheme` and `env(safe-area-inset-*)` follow the phone, not the browser around it.
 */
export function compileStyles(
  source: ProgramSource,
  scopes: Readonly<Record<string, string>>,
): CompiledStyles {
  const units = Object.keys(source.units).filter((unit) => source.files.has(`${unit}.wxss`))
  const pages = units.filter((unit) => source.app.pages.includes(unit) && scopes[unit] === undefined)
  const components = units.filter((unit) => !pages.includes(unit))
  const problems: BuildProblem[] = []
  const compile = (file: string, reach: Reach): string => {
    const root = inlineImports(source, file, [], problems)
    translate(root, reach, problems)
    return root.toString()
  }
  const texts = [
    ...(source.files.has('app.wxss') ? [compile('app.wxss', { kind: 'app' })] : []),
    ...components.map((unit) => {
      const scope = scopes[unit]
      return compile(`${unit}.wxss`, scope === undefined ? { kind: 'app' } : { kind: 'component', scope })
    }),
    ...pages.map((unit) => compile(`${unit}.wxss`, { kind: 'page', unit })),
  ]
  return { code: texts.join('\n'), problems }
}

function inlineImports(
  source: ProgramSource,
  file: string,
  within: readonly string[],
  problems: BuildProblem[],
): Root {
  let root: Root
  try {
    root = parse(source.files.text(file), { from: file })
  } catch (error) {
    if (!(error instanceof CssSyntaxError)) throw error
    problems.push({ file, line: error.line ?? 1, message: error.reason })
    return emptyRoot()
  }
  root.walkAtRules('import', (rule) => {
    const target = resolvePath(file, rule.params.replace(/^url\(|\)$|['"]/g, ''))
    const line = rule.source?.start?.line ?? 1
    if (!source.files.has(target)) problems.push({ file, line, message: `@import: ${target} is missing` })
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

/** 750rpx is the width of the screen (developers.weixin.qq.com, WXSS). */
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
  // `:where()` adds no specificity, so the Mini Program's own cascade is unchanged.
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
      // postcss makes it absolute.
      file: path.relative('', rule.source?.input.from ?? ''),
      line: rule.source?.start?.line ?? 1,
      message: 'this host supports prefers-color-scheme only as the sole condition',
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
