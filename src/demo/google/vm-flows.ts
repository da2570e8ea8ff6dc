import type { Disk, Vm } from './vm.ts';

/** A part of a VM's disk or network traffic that is counted on its own. */
export interface FlowPart {
  readonly part: number;
  /** Of the VM's whole flow. */
  readonly share: number;
}

/** Each disk's part of the operations. */
export function diskParts({ disks }: Vm): readonly (FlowPart & { readonly disk: Disk })[] {
  const persistent = disks.filter(({ type, sharedFrom }) => type !== 'local-ssd' && sharedFrom === undefined).length;
  return disks.map((disk) => ({ disk, part: disk.ordinal, share: shareOf(disk, persistent) }));
}

function shareOf({ type, ordinal, sharedFrom }: Disk, persistent: number): number {
  if (type === 'local-ssd') return 1.6;
  if (sharedFrom !== undefined) return 0.4;
  if (persistent === 1) return 1;
  return ordinal === 0 ? 0.25 : 0.75;
}

/** Traffic that came by a load balancer and traffic that did not. */
export function networkParts({ group }: Vm): readonly (FlowPart & { readonly loadbalanced: boolean })[] {
  const direct = { part: 0, loadbalanced: false };
  return group.balanced
    ? [
        { ...direct, share: 0.3 },
        { part: 1, loadbalanced: true, share: 0.7 },
      ]
    : [{ ...direct, share: 1 }];
}
