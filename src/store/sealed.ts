/** Where sealed values lie; those of a job are what its tasks have a plugin collect, as long as any of them may be done. */
export const sealedPlaces = ['account', 'signing_key', 'plugin', 'job'] as const;
export type SealedPlace = (typeof sealedPlaces)[number];

export interface SealedValue {
  readonly place: SealedPlace;
  /** Of the row. */
  readonly id: string;
  readonly sealed: Uint8Array;
  /** Of a job, by its name among ours. */
  readonly plugin?: string;
}

/** All that is sealed by the master key, for those who change that key. */
export interface SealedStore {
  /** In the order of their ids. @param after the id that the page before ended with */
  page(place: SealedPlace, page: { readonly after?: string; readonly limit: number }): Promise<readonly SealedValue[]>;
  /** @returns false where the value is another one by now, or gone */
  replace(value: SealedValue, sealed: Uint8Array): Promise<boolean>;
}
