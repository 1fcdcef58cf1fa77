/** Set by bundle.ts. */
declare const BUILD_COMMIT: string | undefined

/** The commit that this server was built from; `source` where it runs unbuilt. */
export const version = typeof BUILD_COMMIT === 'undefined' ? 'source' : BUILD_COMMIT
