/** Stands for the region where not even the regions of an account could be listed. */
export const anyRegion = '*';

/** Stands for the region where resources of all regions are read at once. */
export const globalRegion = 'global';
