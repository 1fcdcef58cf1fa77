import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const dist = path.join(import.meta.dirname, 'dist')

/** Writes each script and style compressed beside itself, as the server sends them. */
function compressAssets(): Plugin {
  return {
    name: 'compress-assets',
    apply: 'build',
    async closeBundle() {
      const folder = path.join(dist, 'assets')
      for (const name of await readdir(folder)) {
        if (!/\.(js|css|svg)$/.test(name)) continue
        const contents = await readFile(path.join(folder, name))
        await writeFile(path.join(folder, `${name}.br`), await promisify(brotliCompress)(contents))
        await writeFile(path.join(folder, `${name}.gz`), await promisify(gzip)(contents, { level: 9 }))
      }
    },
  }
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react(), compressAssets()],
  build: {
    outDir: dist,
    emptyOutDir: true,
    // A test reads it to find what the first page loads.
    manifest: true,
    // The page's policy allows no data: scripts or fonts.
    assetsInlineLimit: 0,
    target: 'es2022',
  },
})
