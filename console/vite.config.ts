import { defineConfig } from 'vite';

/** `npm run dev -w console` asks the API of a fleetgauge that runs beside it. */
const api = 'http://127.0.0.1:4680';

export default defineConfig({
  base: '/',
  // The server's content policy forbids whatever is written into a page: no data URLs, no inline scripts.
  build: {
    // What counts is the size that is sent: see the budgets.
    chunkSizeWarningLimit: 700,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // What several pages share comes in one file rather than in many small ones.
      output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } },
      // Libraries mark files for servers that render React; there is none here.
      onLog: (level, log, handle) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
  server: { proxy: { '/api': { target: api, changeOrigin: true } } },
});
