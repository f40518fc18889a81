/** Network cards of a source server, and the network between source and target: its measurement and its open ports. */
import {
  exactlyOneOf,
  flag,
  type Infer,
  idText,
  loose,
  megabitsPerSecond,
  milliseconds,
  number,
  percent,
  type Schema,
  strict,
  text,
} from './fields.js';

const networkInterface = loose(
  {},
  {
    /** Name of the network card; may be null. */
    name: text(),
    /** IPv4 address; may be null. */
    ip: text(),
    /** IPv6 address. */
    ipv6: text(),
    /** Network mask; may be null. */
    netmask: text(),
    /** Gateway; may be null. */
    gateway: text(),
    /** Maximum transmission unit, in bytes (Linux). */
    mtu: number(),
    /** MAC address. */
    mac: text(),
    /** Database id of the network card, as text. */
    id: text(),
  },
);

/** A network card of a source server. */
export interface NetworkInterface extends Infer<typeof networkInterface> {}
/** Schema of the type of the same name. */
export const NetworkInterface: Schema<NetworkInterface> = networkInterface;

const networkInterfaceInput = strict(
  {
    /** MAC address. That of the first network card must not be empty. */
    mac: text(),
  },
  {
    /** Name of the network card. */
    name: text(),
    /** IPv4 address. */
    ip: text(),
    /** IPv6 address. */
    ipv6: text(),
    /** Network mask. */
    netmask: text(),
    /** Gateway. */
    gateway: text(),
    /** Maximum transmission unit, in bytes. Linux needs it. */
    mtu: number(),
    /** Database id of the network card: text; a number is accepted and sent as text. */
    id: idText(),
  },
);

/** A network card in a request. */
export interface NetworkInterfaceInput extends Infer<typeof networkInterfaceInput> {}
/** Schema of the type of the same name. */
export const NetworkInterfaceInput: Schema<NetworkInterfaceInput> = networkInterfaceInput;

const networkCheck = loose(
  {},
  {
    /** Whether the domain names of the service can be reached from the source. */
    domain_connectivity: flag(),
    /** Whether the target can be reached from the source. */
    destination_connectivity: flag(),
    /** Latency, in milliseconds. */
    network_delay: milliseconds(),
    /** Jitter, in milliseconds. */
    network_jitter: milliseconds(),
    /** Bandwidth, in Mbit/s. */
    migration_speed: megabitsPerSecond(),
    /** Packet loss, in percent. */
    loss_percentage: percent(),
    /** CPU use of the source host, in percent. */
    cpu_usage: percent(),
    /** Memory use of the source host, in percent (the task's own `total_mem_usage` is in MB). */
    mem_usage: percent(),
    /** Verdict on the network, as text. */
    evaluation_result: text(),
  },
);

/** The last measurement of the network between source and target. */
export interface NetworkCheck extends Infer<typeof networkCheck> {}
/** Schema of the type of the same name. */
export const NetworkCheck: Schema<NetworkCheck> = networkCheck;

const networkCheckReport = strict(
  {
    /** Latency, in milliseconds. */
    network_delay: milliseconds(),
    /** Jitter, in milliseconds. */
    network_jitter: milliseconds(),
    /** Bandwidth, in Mbit/s. */
    migration_speed: megabitsPerSecond(),
    /** Packet loss, in percent. */
    loss_percentage: percent(),
    /** CPU use of the source host, in percent. */
    cpu_usage: percent(),
    /** Memory use of the source host, in percent. */
    mem_usage: percent(),
    /** Verdict on the network, as text. */
    evaluation_result: text(),
  },
  {
    /** Whether the domain names of the service can be reached from the source. */
    domain_connectivity: flag(),
    /** Whether the target can be reached from the source. */
    destination_connectivity: flag(),
  },
);

/** A measurement of the network, as the agent reports it. */
export interface NetworkCheckReport extends Infer<typeof networkCheckReport> {}
/** Schema of the type of the same name. */
export const NetworkCheckReport: Schema<NetworkCheckReport> = networkCheckReport;

const networkCheckReceipt = loose(
  {},
  {
    /** Id of the task that the measurement was stored for. */
    task_id: text(),
  },
);

/** The response to a reported measurement of the network. */
export interface NetworkCheckReceipt extends Infer<typeof networkCheckReceipt> {}
/** Schema of the type of the same name. */
export const NetworkCheckReceipt: Schema<NetworkCheckReceipt> = networkCheckReceipt;

const networkAclQuery = strict({
  /** Region of the target. */
  region_id: text(),
  /** Operating system family of the source: it decides which ports a migration needs. */
  os_type: exactlyOneOf('WINDOWS', 'LINUX'),
});

/** What to check the security groups of a network for. */
export interface NetworkAclQuery extends Infer<typeof networkAclQuery> {}
/** Schema of the type of the same name. */
export const NetworkAclQuery: Schema<NetworkAclQuery> = networkAclQuery;
