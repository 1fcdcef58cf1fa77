import { BYTES_MAX, buildPackage, sizeOf } from './build/package.ts'

const sizes = await buildPackage(import.meta.dirname, import.meta.dirname)
for (const [folder, bytes] of sizes)
  process.stdout.write(`${folder} ${sizeOf(bytes)} of ${sizeOf(BYTES_MAX)}\n`)
