import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

// In development Vite serves the pages and hands API and sockets to the web process, `VIGIE_WEB` says where it listens.
const web = process.env['VIGIE_WEB'] ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [svelte()],
  base: '/static/',
  build: {
    target: 'es2022',
    // Nothing is inlined as data: the content security policy allows files of our own origin only.
    assetsInlineLimit: 0,
    // A lazy screen's styles come with it; its scripts ask for each other. Their list would stand in the first script of all.
    modulePreload: { polyfill: false, resolveDependencies: () => [] },
  },
  server: {
    proxy: {
      '/api': { target: web, changeOrigin: false },
      '/instructions': { target: web, changeOrigin: false },
      '/ws': { target: web.replace('http', 'ws'), ws: true },
    },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
})
