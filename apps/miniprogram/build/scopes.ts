import type { ESTree, VisitorObject } from 'rolldown/utils'

interface Scope {
  readonly outer: Scope | null
  /** `var` rises to the nearest function. */
  readonly isFunction: boolean
  readonly names: Set<string>
}

/** The use of a name: which, and at which character of the script. */
export interface Use {
  readonly name: string
  readonly at: number
}

/** Which names a script declares where, and which it uses without declaring them: its globals. */
export class Scopes {
  #scope: Scope = { outer: null, isFunction: true, names: new Set() }
  readonly #uses: (Use & { readonly scope: Scope })[] = []
  readonly #ignored = new Set<ESTree.Node>()

  /** This identifier is no use of a variable. To be said before it is visited. */
  ignore(identifier: ESTree.Node): void {
    this.#ignored.add(identifier)
  }

  /** To be asked at the end: functions are used above the line that declares them. */
  undeclared(): readonly Use[] {
    return this.#uses.filter(({ name, scope }) => !isDeclared(name, scope))
  }

  visitor(): VisitorObject {
    const block = (): void => this.#enter(false)
    const leave = (): void => this.#leave()
    return {
      VariableDeclaration: ({ kind, declarations }) => {
        const scope = kind === 'var' ? functionScopeOf(this.#scope) : this.#scope
        for (const { id } of declarations) this.#declare(id, scope)
      },
      FunctionDeclaration: ({ id, params }) => {
        if (id !== null) this.#declare(id, this.#scope)
        this.#enter(true, params)
      },
      'FunctionDeclaration:exit': leave,
      FunctionExpression: ({ id, params }) => this.#enter(true, id === null ? params : [id, ...params]),
      'FunctionExpression:exit': leave,
      ArrowFunctionExpression: ({ params }) => this.#enter(true, params),
      'ArrowFunctionExpression:exit': leave,
      ClassDeclaration: ({ id }) => {
        if (id !== null) this.#declare(id, this.#scope)
      },
      ClassExpression: ({ id }) => this.#enter(false, id === null ? [] : [id]),
      'ClassExpression:exit': leave,
      CatchClause: ({ param }) => this.#enter(false, param === null ? [] : [param]),
      'CatchClause:exit': leave,
      BlockStatement: block,
      'BlockStatement:exit': leave,
      ForStatement: block,
      'ForStatement:exit': leave,
      ForInStatement: block,
      'ForInStatement:exit': leave,
      ForOfStatement: block,
      'ForOfStatement:exit': leave,
      SwitchStatement: block,
      'SwitchStatement:exit': leave,
      Identifier: (identifier) => {
        if (this.#ignored.has(identifier)) return
        this.#uses.push({ name: identifier.name, at: identifier.start, scope: this.#scope })
      },
    }
  }

  #enter(isFunction: boolean, patterns: readonly ESTree.Node[] = []): void {
    this.#scope = { outer: this.#scope, isFunction, names: new Set() }
    for (const pattern of patterns) this.#declare(pattern, this.#scope)
  }

  #leave(): void {
    this.#scope = this.#scope.outer ?? this.#scope
  }

  #declare(pattern: ESTree.Node, scope: Scope): void {
    for (const identifier of identifiersOf(pattern)) {
      this.ignore(identifier)
      scope.names.add(identifier.name)
    }
  }
}

function isDeclared(name: string, scope: Scope | null): boolean {
  return scope !== null && (scope.names.has(name) || isDeclared(name, scope.outer))
}

function functionScopeOf(scope: Scope): Scope {
  return scope.isFunction || scope.outer === null ? scope : functionScopeOf(scope.outer)
}

/** The names a declaration binds, however deep it destructures. */
function identifiersOf(pattern: ESTree.Node): readonly ESTree.BindingIdentifier[] {
  if (pattern.type === 'Identifier') return [pattern]
  if (pattern.type === 'AssignmentPattern') return identifiersOf(pattern.left)
  if (pattern.type === 'RestElement') return identifiersOf(pattern.argument)
  if (pattern.type === 'ArrayPattern')
    return pattern.elements.flatMap((element) => (element === null ? [] : identifiersOf(element)))
  if (pattern.type !== 'ObjectPattern') return []
  return pattern.properties.flatMap((property) =>
    identifiersOf(property.type === 'RestElement' ? property : property.value),
  )
}
