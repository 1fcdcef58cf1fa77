/**
 * Decides what a test leaves to chance. Such a test says it in its name: with `SEED=` set to it the same choices are
 * made again.
 */
export const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32))
