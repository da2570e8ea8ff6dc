import type { ProtoFile } from './proto-file.ts';

/** Looks files up as a reflection client does. */
export class DescriptorIndex {
  readonly #byName: ReadonlyMap<string, ProtoFile>;
  readonly #bySymbol: ReadonlyMap<string, ProtoFile>;

  constructor(files: readonly ProtoFile[]) {
    this.#byName = new Map(files.map((file) => [file.name, file]));
    this.#bySymbol = new Map(files.flatMap((file) => file.symbols.map((symbol) => [symbol, file])));
  }

  /** @returns the file, then all that it imports, each once; undefined if there is no such file */
  withImports(fileName: string): Buffer[] | undefined {
    const file = this.#byName.get(fileName);
    return file && [...this.#closure(file)].map(({ descriptor }) => Buffer.from(descriptor, 'base64'));
  }

  /**
   * Core 1.12's client reads nothing but the first file, and takes that file's first service and name: so the file that
   * holds the symbol comes first, and no two files are ever merged.
   */
  holding(symbol: string): Buffer[] | undefined {
    const file = this.#bySymbol.get(symbol);
    return file && this.withImports(file.name);
  }

  #closure(file: ProtoFile): Set<ProtoFile> {
    const found = new Set([file]);
    for (const { imports } of found) {
      for (const name of imports) {
        const imported = this.#byName.get(name);
        if (imported !== undefined) found.add(imported);
      }
    }
    return found;
  }
}
