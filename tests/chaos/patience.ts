/** How long a busy machine may take for what should take seconds. */
export const patienceMs = 300_000;
