import { type JsonObject, readList, readObject, readText } from '../core/body.js';
import { type Refusal, refuseByIam, respondJson } from '../core/exchange.js';
import type { Call, Handler, Route } from '../core/route.js';
import type { World } from '../world.js';
import type { Account } from './account.js';
import { refuseToken, requireAccount } from './authorize.js';
import { describeToken } from './token-body.js';
import type { Scope, TokenRecord } from './token-store.js';

/** Who requests a token, and with what proof. */
export interface Identity {
  /** The user. */
  readonly account: Account;
  /** The user who assumes an agency of that account; null when the user is the account's own. */
  readonly assumedBy: Account | null;
  /** The methods used. */
  readonly methods: readonly string[];
  /** The token that was shown in place of a password; null with a password. */
  readonly shown: TokenRecord | null;
}

/** Checks the `identity` of a request for a token. */
function identify(call: Call, identity: JsonObject): Identity {
  const { world } = call;
  const methods = readList(identity.methods)?.map(readText) ?? [];
  switch (methods.join('+')) {
    case 'password':
    case 'password+totp':
    case 'totp+password':
      return {
        account: checkPassword(world, identity),
        assumedBy: null,
        methods: methods.filter((name) => name !== null),
        shown: null,
      };
    case 'token': {
      const shown = findShownToken(world, identity);
      return { account: shown.account, assumedBy: shown.assumedBy, methods: ['token'], shown };
    }
    case 'assume_role':
      return assumeAgency(call, identity);
    case '':
      throw refuseBody();
    default:
      throw refuseByIam(401, 'Attempted to authenticate with an unsupported method.', 'Unauthorized');
  }
}

/** The official response to a login whose body cannot be used. */
function refuseBody(): Refusal {
  return refuseByIam(400, 'The request body is invalid', 'Bad Request');
}

// One text for an unknown user, account or password, so that a caller cannot find out which names exist.
function refuseLogin(): Refusal {
  return refuseByIam(401, 'The username or password is wrong.', 'Unauthorized');
}

function checkPassword(world: World, identity: JsonObject): Account {
  const user = readObject(readObject(identity.password)?.user);
  const password = readText(user?.password);
  if (user === null || password === null || !namesUser(user)) throw refuseBody();
  const account = world.accounts.find((candidate) => isMeant(candidate, user));
  if (account === undefined || account.password !== password) throw refuseLogin();
  checkPasscode(account, identity);
  return account;
}

function namesUser(user: JsonObject): boolean {
  if (readText(user.id) !== null) return true;
  const domain = readObject(user.domain);
  return readText(user.name) !== null && (readText(domain?.name) ?? readText(domain?.id)) !== null;
}

function isMeant(account: Account, user: JsonObject): boolean {
  if (readText(user.id) !== null) return account.userId === user.id;
  const domain = readObject(user.domain);
  return account.username === user.name && (account.domainName === domain?.name || account.domainId === domain?.id);
}

// ASSUMPTION: with a missing or wrong second factor, the response is the same as for a wrong password.
function checkPasscode(account: Account, identity: JsonObject): void {
  if (account.mfaPasscode === null) return;
  const user = readObject(readObject(identity.totp)?.user);
  if (user?.id !== account.userId || user.passcode !== account.mfaPasscode) throw refuseLogin();
}

function assumeAgency(call: Call, identity: JsonObject): Identity {
  const assumedBy = requireAccount(call);
  const role = readObject(identity.assume_role);
  const agencyName = readText(role?.agency_name);
  const owner = call.world.accounts.find(({ agencies, domainId, domainName }) => {
    if (domainId !== role?.domain_id && domainName !== role?.domain_name) return false;
    return agencies.some((agency) => agency.agencyName === agencyName);
  });
  const agency = owner?.agencies.find((candidate) => candidate.agencyName === agencyName);
  // ASSUMPTION: as with passwords, a caller cannot find out which agencies of others exist.
  if (owner === undefined || agency?.trustedDomainName !== assumedBy.domainName)
    throw refuseByIam(403, 'You are not authorized to perform the requested action.', 'Forbidden');
  const account = { ...owner, username: `${owner.domainName}/${agencyName}` };
  return { account, assumedBy, methods: ['assume_role'], shown: null };
}

function findShownToken(world: World, identity: JsonObject): TokenRecord {
  const value = readText(readObject(identity.token)?.id);
  if (value === null) throw refuseBody();
  const token = world.tokens.find(value);
  if (token === null || world.tokens.standing(value, world.clock.wall()) !== 'live') throw refuseToken();
  return token;
}

/** The login: the only call that needs no token. */
export function createTokenRoute(lifetimeMs: number): Route {
  return {
    service: 'iam',
    pattern: 'POST /v3/auth/tokens',
    operation: 'CreateToken',
    handle: handleWith(lifetimeMs),
  };
}

function handleWith(lifetimeMs: number): Handler {
  return (call: Call) => {
    const authentication = readObject(readObject(call.body)?.auth);
    const identity = readObject(authentication?.identity);
    if (authentication === null || identity === null) throw refuseBody();
    const { account, assumedBy, methods, shown } = identify(call, identity);
    const scope = readScope(account, authentication.scope);
    const issuedAt = call.world.clock.wall();
    // A token obtained with a token ends when that one ends. Otherwise it could be renewed for ever.
    const expiresAt = shown?.expiresAt ?? issuedAt + lifetimeMs;
    const token = call.world.tokens.issue({ account, assumedBy, methods, scope, issuedAt, expiresAt });
    return respondJson(describeToken(token, call), 201, { 'x-subject-token': token.value });
  };
}

function readScope(account: Account, value: unknown): Scope {
  if (value === undefined) return { kind: 'none' };
  const scope = readObject(value);
  const project = readObject(scope?.project);
  const domain = readObject(scope?.domain);
  // Of two scopes the project wins: so says the IAM reference.
  if (project !== null) {
    const found = account.projects.find(({ id, name }) => id === project.id || name === project.name);
    if (found === undefined) throw refuseToken();
    return { kind: 'project', project: found };
  }
  if (domain === null) throw refuseBody();
  if (domain.id !== account.domainId && domain.name !== account.domainName) throw refuseToken();
  return { kind: 'domain' };
}
