/**
 * One line of text without control characters and lone surrogates, which PostgreSQL cannot store. It
 * matches the same with the flag `u`, which the server sets, and without it: names have characters
 * that are two halves.
 */
export const LINE = '^(?:[^\\u0000-\\u001f\\ud800-\\udfff]|[\\ud800-\\udbff][\\udc00-\\udfff])+$'

/** Text of several lines, without what PostgreSQL cannot store. */
export const TEXT = '^[^\\u0000\\ud800-\\udfff]*$'
