/** What IAM returns about tokens and projects. Fields that the client does not read stay optional. */
import { anything, flag, type Infer, list, loose, type Schema, text } from './fields.js';

const identified = loose({
  /** Id. */
  id: text(),
  /** Name. */
  name: text(),
});

const named = loose(
  {},
  {
    /** Id. */
    id: text(),
    /** Name. */
    name: text(),
  },
);

/** A domain (account): its id and name. */
export interface TokenDomain extends Infer<typeof identified> {}
/** Schema of the type of the same name. */
export const TokenDomain: Schema<TokenDomain> = identified;

/** A role of a user. */
export interface TokenRole extends Infer<typeof named> {}
/** Schema of the type of the same name. */
export const TokenRole: Schema<TokenRole> = named;

const tokenProject = loose(
  {
    /** Id of the project. */
    id: text(),
    /** Name of the project; the project of a region is named like the region. */
    name: text(),
  },
  {
    /** Domain (account) of the project. */
    domain: TokenDomain,
  },
);

/** The project that a token is scoped to. */
export interface TokenProject extends Infer<typeof tokenProject> {}
/** Schema of the type of the same name. */
export const TokenProject: Schema<TokenProject> = tokenProject;

const tokenUser = loose(
  {},
  {
    /** Id of the user. */
    id: text(),
    /** Name of the user. */
    name: text(),
    /** When the password expires, in UTC; an empty string when it never does. */
    password_expires_at: text(),
    /** Domain (account) of the user. */
    domain: TokenDomain,
  },
);

/** The user that a token belongs to. */
export interface TokenUser extends Infer<typeof tokenUser> {}
/** Schema of the type of the same name. */
export const TokenUser: Schema<TokenUser> = tokenUser;

const tokenDetails = loose(
  {
    /** When the token expires, in UTC: ISO 8601 with six fractional digits. */
    expires_at: text(),
    /** When the token was issued, in UTC: ISO 8601 with six fractional digits. */
    issued_at: text(),
  },
  {
    /** How the user logged in, for instance `password`. */
    methods: list(text()),
    /** The user. */
    user: TokenUser,
    /** The project; only for a project scope. */
    project: TokenProject,
    /** The domain (account); only for a domain scope. */
    domain: TokenDomain,
    /** Roles of the user; the ids are always `"0"`. */
    roles: list(TokenRole),
    /** Services and their endpoints; an empty array or absent with `nocatalog`. */
    catalog: list(anything()),
  },
);

/** What IAM says about a token. The token itself travels in the header `X-Subject-Token`. */
export interface TokenDetails extends Infer<typeof tokenDetails> {}
/** Schema of the type of the same name. */
export const TokenDetails: Schema<TokenDetails> = tokenDetails;

// A login is worth more than the name of a domain: it does not fail for want of one. `Token` fills it in.
const receivedDomain = TokenRole;
const receivedFacts = {
  /** Id. */
  id: text(),
  /** Name. */
  name: text(),
  /** Domain (account). */
  domain: receivedDomain,
};
const receivedProject = loose({}, receivedFacts);
const receivedUser = loose({}, receivedFacts);

const receivedToken = loose(
  {
    /** When the token expires. */
    expires_at: text(),
    /** When the token was issued. */
    issued_at: text(),
  },
  {
    /** The user. */
    user: receivedUser,
    /** The project. */
    project: receivedProject,
    /** The domain (account). */
    domain: receivedDomain,
    /** Roles of the user. */
    roles: list(TokenRole),
  },
);

/** @internal A token as IAM describes it. */
export interface ReceivedToken extends Infer<typeof receivedToken> {}
/** @internal Schema of the type of the same name. */
export const ReceivedToken: Schema<ReceivedToken> = receivedToken;

const tokenBody = loose({
  /** What IAM says about the token. */
  token: ReceivedToken,
});

/** The body of IAM's response to a login or to the check of a token. */
export interface TokenBody extends Infer<typeof tokenBody> {}
/** Schema of the type of the same name. */
export const TokenBody: Schema<TokenBody> = tokenBody;

const project = loose(
  {
    /** Id of the project: what `credentials.projectId` takes. */
    id: text(),
  },
  {
    /** Name of the project; the project of a region is named like the region. */
    name: text(),
    /** Id of the domain (account). */
    domain_id: text(),
    /** Id of the parent: the domain, or another project. */
    parent_id: text(),
    /** Whether the project is a domain. */
    is_domain: flag(),
    /** Whether the project can be used. */
    enabled: flag(),
    /** Description. */
    description: text(),
  },
);

/** A project that the user may use. */
export interface Project extends Infer<typeof project> {}
/** Schema of the type of the same name. */
export const Project: Schema<Project> = project;

const projectPage = loose({
  /** The projects; IAM sends them all at once. */
  projects: list(Project),
});

/** The body of IAM's list of projects. */
export interface ProjectPage extends Infer<typeof projectPage> {}
/** Schema of the type of the same name. */
export const ProjectPage: Schema<ProjectPage> = projectPage;
