/** What the service says about itself: versions, settings of the agent, the privacy agreement. */
import { flag, type Infer, list, loose, orNull, record, type Schema, text } from './fields.js';

const apiLink = loose(
  {},
  {
    /** URL. */
    href: text(),
    /** Relation, for instance `self`. */
    rel: text(),
  },
);

/** A link to a version of the API. */
export interface ApiLink extends Infer<typeof apiLink> {}
/** Schema of the type of the same name. */
export const ApiLink: Schema<ApiLink> = apiLink;

const apiVersion = loose(
  {},
  {
    /** Id of the version, for instance `v3`. */
    id: text(),
    /** Where the version is found. */
    links: list(ApiLink),
    /** Status, for instance `SUPPORTED`. */
    status: text(),
    /** When the version was released, in UTC: `2020-09-02T17:50:00Z`. */
    updated: text(),
  },
);

/** A version of the API. */
export interface ApiVersion extends Infer<typeof apiVersion> {}
/** Schema of the type of the same name. */
export const ApiVersion: Schema<ApiVersion> = apiVersion;

const apiVersions = loose(
  {},
  {
    /** The versions. */
    versions: list(ApiVersion),
  },
);

/** All versions of the API. */
export interface ApiVersions extends Infer<typeof apiVersions> {}
/** Schema of the type of the same name. */
export const ApiVersions: Schema<ApiVersions> = apiVersions;

const serviceConfig = loose(
  {},
  {
    /** Settings by name, as text: main region, OBS domain and more that the agent reads. */
    config: record(orNull(text())),
    /** Regions, each as settings by name. */
    regions: list(record(orNull(text()))),
  },
);

/** Settings of the service that the agent reads. */
export interface ServiceConfig extends Infer<typeof serviceConfig> {}
/** Schema of the type of the same name. */
export const ServiceConfig: Schema<ServiceConfig> = serviceConfig;

const agentDigest = loose(
  {},
  {
    /** SHA-256 that belongs to the key, as text. What may be a key is not documented. */
    value: text(),
  },
);

/** The SHA-256 that the service keeps under a key. */
export interface AgentDigest extends Infer<typeof agentDigest> {}
/** Schema of the type of the same name. */
export const AgentDigest: Schema<AgentDigest> = agentDigest;

const privacyAgreement = loose(
  {},
  {
    /** Whether the account accepted the privacy agreement. */
    flag: flag(),
  },
);

/** Whether the privacy agreement is accepted. */
export interface PrivacyAgreement extends Infer<typeof privacyAgreement> {}
/** Schema of the type of the same name. */
export const PrivacyAgreement: Schema<PrivacyAgreement> = privacyAgreement;
