/** Secrets of a task: what its agent proves itself with. */
import { flag, type Infer, loose, type Schema, secret, strict, text } from './fields.js';

const certificate = loose(
  {},
  {
    /** Secret: certificate of the source, as PEM. */
    cert: secret(),
    /** Secret: private key of the source, as PEM. */
    private_key: secret(),
    /** Secret: certificate of the authority that signed the others, as PEM. */
    ca: secret(),
    /** Secret: certificate of the target for management. */
    target_mgmt_cert: secret(),
    /** Secret: private key of the target for management. */
    target_mgmt_private_key: secret(),
    /** Secret: certificate of the target for data. */
    target_data_cert: secret(),
    /** Secret: private key of the target for data. */
    target_data_private_key: secret(),
  },
);

/** Certificates and private keys of a task. Secret: keep it out of logs. */
export interface Certificate extends Infer<typeof certificate> {}
/** Schema of the type of the same name. */
export const Certificate: Schema<Certificate> = certificate;

const certificateQuery = strict(
  {},
  {
    /** Also return the certificate of the authority; false when left out. */
    enable_ca_cert: flag(),
  },
);

/** Which certificates to read. */
export interface CertificateQuery extends Infer<typeof certificateQuery> {}
/** Schema of the type of the same name. */
export const CertificateQuery: Schema<CertificateQuery> = certificateQuery;

const passphrase = loose(
  {},
  {
    /** Id of the task. */
    task_id: text(),
    /** Secret: passphrase of the task's certificate. */
    passphrase: secret(),
  },
);

/** The passphrase of a task's certificate. Secret: keep it out of logs. */
export interface Passphrase extends Infer<typeof passphrase> {}
/** Schema of the type of the same name. */
export const Passphrase: Schema<Passphrase> = passphrase;
