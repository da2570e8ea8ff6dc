export type Headers = Readonly<Record<string, string>>;

/** Headers that authorize a call; gets or renews the access token where that is due. @throws CollectError */
export type HeaderSource = (signal: AbortSignal) => Promise<Headers>;
