import { hex8, mix } from '../fleet/hash.ts';
import { isRunning } from './quantity.ts';
import { type Resource, resourceIdOf } from './resource.ts';
import { flexibleSetIndex, makeScaleSet, type ScaleSet } from './scale-set.ts';
import type { SqlDatabase } from './sql-database.ts';
import { guidOf, looseOrdinal, type VirtualMachine } from './virtual-machine.ts';

/** The `properties` of a resource as Resource Graph has them. @param now epoch seconds */
export function propertiesOf(resource: Resource, now: number): unknown {
  switch (resource.type) {
    case 'microsoft.compute/virtualmachines':
      return machineProperties(resource.vm, now);
    case 'microsoft.network/networkinterfaces':
      return interfaceProperties(resource.vm, resource.ordinal);
    case 'microsoft.compute/disks':
      return diskProperties(resource.vm, resource.ordinal, now);
    case 'microsoft.compute/virtualmachinescalesets':
      return scaleSetProperties(resource.scaleSet);
    case 'microsoft.sql/servers/databases':
      return databaseProperties(resource.database, now);
  }
}

function machineProperties(vm: VirtualMachine, now: number) {
  const os = vm.windows ? 'Windows' : 'Linux';
  return {
    vmId: guidOf(vm.seed, 11),
    provisioningState: 'Succeeded',
    timeCreated: isoTime(vm.createdAt),
    hardwareProfile: { vmSize: vm.size.name },
    osProfile: {
      computerName: vm.name,
      adminUsername: 'azureuser',
      secrets: [],
      allowExtensionOperations: true,
      ...(vm.windows
        ? { windowsConfiguration: { provisionVMAgent: true, enableAutomaticUpdates: true } }
        : { linuxConfiguration: { provisionVMAgent: true, disablePasswordAuthentication: true } }),
    },
    storageProfile: storageProfile(vm, os),
    networkProfile: {
      networkInterfaces: Array.from({ length: vm.interfaces }, (_, ordinal) => ({
        id: interfaceId(vm, ordinal),
        properties: { primary: ordinal === 0 },
      })),
    },
    ...(vm.profile.flexible ? { virtualMachineScaleSet: { id: flexibleSetId(vm) } } : {}),
    extended: { instanceView: instanceView(vm, now) },
  };
}

function storageProfile(vm: VirtualMachine, osType: 'Windows' | 'Linux') {
  const [publisher, offer, sku] = vm.windows
    ? ['MicrosoftWindowsServer', 'WindowsServer', '2022-datacenter-g2']
    : ['Canonical', 'ubuntu-24_04-lts', vm.size.architecture === 'Arm64' ? 'server-arm64' : 'server'];
  const disk = (ordinal: number) => ({
    name: `${vm.name}-disk${ordinal}`,
    caching: ordinal === 0 ? 'ReadWrite' : 'None',
    createOption: ordinal === 0 ? 'FromImage' : 'Empty',
    diskSizeGB: diskGigabytes(vm, ordinal),
    managedDisk: { id: diskId(vm, ordinal), storageAccountType: 'Premium_LRS' },
  });
  return {
    imageReference: { publisher, offer, sku, version: 'latest', exactVersion: '1.0.0' },
    osDisk: { osType, ...disk(0) },
    dataDisks: vm.disks === 2 ? [{ lun: 0, ...disk(1) }] : [],
  };
}

function instanceView(vm: VirtualMachine, now: number) {
  const state = vm.powerStateAt(now);
  const agent =
    state === 'running' ? { computerName: vm.name, osName: vm.windows ? 'Windows Server 2022' : 'ubuntu' } : {};
  return {
    ...agent,
    hyperVGeneration: 'V2',
    powerState: { code: `PowerState/${state}`, displayStatus: `VM ${state}`, level: 'Info' },
  };
}

function interfaceProperties(vm: VirtualMachine, ordinal: number) {
  const mac = hex8(mix(vm.seed, 20 + ordinal))
    .toUpperCase()
    .slice(2);
  const subnet = {
    id: `${groupId(vm)}/providers/Microsoft.Network/virtualNetworks/vnet-${vm.cell.region.name}/subnets/default`,
  };
  const address = { privateIPAddress: ordinal === 0 ? vm.address : vm.address.replace('10.', '172.'), subnet };
  return {
    provisioningState: 'Succeeded',
    resourceGuid: guidOf(vm.seed, 30 + ordinal),
    macAddress: `60-45-BD-${mac.replace(/..(?=.)/g, '$&-')}`,
    primary: ordinal === 0,
    enableAcceleratedNetworking: vm.size.vcpus > 2,
    nicType: 'Standard',
    virtualMachine: { id: machineId(vm) },
    ipConfigurations: [
      { name: 'ipconfig1', properties: { primary: true, provisioningState: 'Succeeded', ...address } },
    ],
  };
}

/** A disk whose machine holds no host is kept for it. */
function diskStateOf(vm: VirtualMachine, ordinal: number, now: number): string {
  if (ordinal === looseOrdinal) return 'Unattached';
  return vm.powerStateAt(now) === 'deallocated' ? 'Reserved' : 'Attached';
}

/** When the machine last started or stopped; a disk that is loose was so from the beginning. */
function ownedSince({ runs, createdAt }: VirtualMachine, ordinal: number, now: number): number {
  const before = ordinal === looseOrdinal ? [] : runs.filter((time) => time <= now);
  return before.at(-1) ?? createdAt;
}

function diskProperties(vm: VirtualMachine, ordinal: number, now: number) {
  return {
    provisioningState: 'Succeeded',
    diskState: diskStateOf(vm, ordinal, now),
    diskSizeGB: diskGigabytes(vm, ordinal),
    diskSizeBytes: diskBytes(vm, ordinal),
    timeCreated: isoTime(vm.createdAt),
    LastOwnershipUpdateTime: isoTime(ownedSince(vm, ordinal, now)),
    uniqueId: guidOf(vm.seed, 40 + ordinal),
    ...(ordinal === 0 ? { osType: vm.windows ? 'Windows' : 'Linux' } : {}),
  };
}

function scaleSetProperties({ seed, size, createdAt, name, mode }: ScaleSet) {
  return {
    provisioningState: 'Succeeded',
    orchestrationMode: mode,
    uniqueId: guidOf(seed, 50),
    timeCreated: isoTime(createdAt),
    singlePlacementGroup: mode === 'Uniform',
    virtualMachineProfile: {
      timeCreated: isoTime(createdAt),
      hardwareProfile: { vmSize: size.name },
      osProfile: { computerNamePrefix: name, adminUsername: 'azureuser' },
      storageProfile: { osDisk: { osType: 'Linux', createOption: 'FromImage', diskSizeGB: 30 } },
    },
  };
}

function databaseProperties({ seed, sku, maxSizeBytes, createdAt, runs, serverless }: SqlDatabase, now: number) {
  const online = isRunning(runs, now);
  const pausedAt = runs.filter((time, i) => i % 2 === 1 && time <= now).at(-1);
  return {
    status: online ? 'Online' : 'Paused',
    ...(online || pausedAt === undefined ? {} : { pausedDate: isoTime(pausedAt) }),
    databaseId: guidOf(seed, 60),
    creationDate: isoTime(createdAt),
    maxSizeBytes,
    currentServiceObjectiveName: serverless ? `${sku.name}_${sku.capacity}` : sku.name,
    requestedServiceObjectiveName: serverless ? `${sku.name}_${sku.capacity}` : sku.name,
    currentSku: { name: serverless ? sku.name : sku.tier, tier: sku.tier, capacity: sku.capacity },
    collation: 'SQL_Latin1_General_CP1_CI_AS',
    zoneRedundant: false,
  };
}

/** The id of the machine that a network interface or a disk belongs to. */
export function machineId(vm: VirtualMachine): string {
  return resourceIdOf({ type: 'microsoft.compute/virtualmachines', vm });
}

function interfaceId(vm: VirtualMachine, ordinal: number): string {
  return resourceIdOf({ type: 'microsoft.network/networkinterfaces', vm, ordinal });
}

function diskId(vm: VirtualMachine, ordinal: number): string {
  return resourceIdOf({ type: 'microsoft.compute/disks', vm, ordinal });
}

function flexibleSetId(vm: VirtualMachine): string {
  return resourceIdOf({
    type: 'microsoft.compute/virtualmachinescalesets',
    scaleSet: makeScaleSet(vm.cell, flexibleSetIndex),
  });
}

function groupId({ cell, resourceGroup }: VirtualMachine): string {
  return `/subscriptions/${cell.subscription.id}/resourceGroups/${resourceGroup}`;
}

export function diskBytes(vm: VirtualMachine, ordinal: number): number {
  return diskGigabytes(vm, ordinal) * 2 ** 30;
}

function diskGigabytes(vm: VirtualMachine, ordinal: number): number {
  if (ordinal === 0) return vm.windows ? 127 : 30;
  return 64 << (mix(vm.seed, 21) % 4);
}

function isoTime(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString();
}
