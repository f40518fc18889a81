const partition = { name: '/dev/sda1', size: 900, used_size: 400, file_system: 'btrfs', mount_point: '/' };
/** What an agent reports of a server with every kind of storage. */
export const registration = {
  name: 'web-01',
  ip: '10.0.0.7',
  hostname: 'web-01.local',
  os_type: 'LINUX',
  os_version: 'CENTOS_7_6_64BIT',
  agent_version: '8.0.0',
  networks: [{ name: 'eth0', mac: 'fa:16:3e:00:00:99', mtu: 1500 }],
  disks: [{ name: '/dev/sda', size: 1000, used_size: 400, device_use: 'BOOT', physical_volumes: [partition] }],
  volume_groups: [{ name: 'vg', size: 100, logical_volumes: [{ name: 'lv', size: 50 }] }],
  btrfs_list: [{ name: 'btrfs1', size: 900, subvolumn: [{ subvol_id: '5', is_snapshot: 'false' }] }],
};

/** What a task needs besides its source server. */
export const newTask = {
  name: 'web-01',
  type: 'MIGRATE_FILE',
  region_id: 'cn-north-4',
  region_name: 'cn-north-4',
  project_id: 'p',
  project_name: 'cn-north-4',
  target_server: { name: 'web-01', vm_id: '1e5ab8ad-1f16-4b0e-9d2c-3b4b0d8a5d3a' },
};

/** A template with all its parts. */
export const template = {
  name: 'web',
  is_template: true,
  vpc: { id: 'autoCreate', name: 'vpc' },
  nics: [{ id: 'autoCreate', name: 'subnet', cidr: '192.168.0.0/24' }],
  security_groups: [{ id: 'autoCreate', name: 'default' }],
  publicip: { type: '5_bgp', bandwidth_size: 10 },
  disk: [{ index: 0, name: 'system', disktype: 'SAS', size: 40 }],
  target_password: 'Secret-123',
};
