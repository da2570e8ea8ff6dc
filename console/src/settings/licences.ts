/// <reference types="vite/client" />

/** What the licences of these libraries want to be told wherever they go. */
const files = import.meta.glob<string>('../../../node_modules/{react,react-dom,scheduler,@tanstack/*}/LICENSE', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export const licences: readonly { readonly library: string; readonly licence: string }[] = Object.entries(files).map(
  ([path, licence]) => ({ library: /node_modules\/(.+)\/LICENSE$/.exec(path)?.[1] ?? path, licence }),
);
