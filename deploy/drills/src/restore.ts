export async function drillRestore(): Promise<readonly string[]> {
  return ['not yet']
}
