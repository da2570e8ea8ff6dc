/** What all processes of a store agree on, by name. */
export interface SettingStore {
  get(name: string): Promise<string | undefined>;
  /** Writes a setting unless there is one. @returns the one that there is */
  agree(name: string, value: string): Promise<string>;
  set(name: string, value: string): Promise<void>;
}
