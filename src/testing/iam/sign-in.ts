import { type JsonObject, readList, readObject, readText } from '../core/json.js';
import { type Refusal, refuseByIam } from '../core/refusal.js';
import type { World } from '../world.js';
import type { Account } from './account.js';
import type { TokenRecord } from './token-store.js';

/** Who asks for a token, and how that was proven. */
export interface Identity {
  /** The user. */
  readonly account: Account;
  /** The methods used. */
  readonly methods: readonly string[];
  /** The token that was shown in place of a password; null with a password. */
  readonly shown: TokenRecord | null;
}

/** Checks the `identity` of a request for a token. */
export function identify(world: World, identity: JsonObject): Identity {
  const methods = readList(identity.methods)?.map(readText) ?? [];
  switch (methods.join('+')) {
    case 'password':
    case 'password+totp':
    case 'totp+password':
      return { account: checkPassword(world, identity), methods: methods.filter((name) => name !== null), shown: null };
    case 'token': {
      const shown = findShownToken(world, identity);
      return { account: shown.account, methods: ['token'], shown };
    }
    case '':
      throw refuseBody();
    default:
      throw refuseByIam(401, 'Attempted to authenticate with an unsupported method.', 'Unauthorized');
  }
}

/** The official answer to a sign-in whose body cannot be used. */
export function refuseBody(): Refusal {
  return refuseByIam(400, 'The request body is invalid', 'Bad Request');
}

// One text for an unknown user, account or password, so that nobody learns which names exist.
function refuseSignIn(): Refusal {
  return refuseByIam(401, 'The username or password is wrong.', 'Unauthorized');
}

function checkPassword(world: World, identity: JsonObject): Account {
  const user = readObject(readObject(identity.password)?.user);
  const password = readText(user?.password);
  if (user === null || password === null || !namesUser(user)) throw refuseBody();
  const account = world.accounts.find((candidate) => isMeant(candidate, user));
  if (account === undefined || account.password !== password) throw refuseSignIn();
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

// ASSUMPTION: a user with a second factor who brings none, or a wrong one, is told the same as with a wrong password.
function checkPasscode(account: Account, identity: JsonObject): void {
  if (account.mfaPasscode === null) return;
  const user = readObject(readObject(identity.totp)?.user);
  if (user?.id !== account.userId || user.passcode !== account.mfaPasscode) throw refuseSignIn();
}

function findShownToken(world: World, identity: JsonObject): TokenRecord {
  const value = readText(readObject(identity.token)?.id);
  if (value === null) throw refuseBody();
  const token = world.tokens.find(value);
  if (token === null || world.tokens.standing(value, world.clock.wall()) !== 'live') throw refuseToken();
  return token;
}

/**
 * What Keystone tells whoever brings no live token. ASSUMPTION: it tells the same to those who ask for a scope that is not
 * theirs.
 */
export function refuseToken(): Refusal {
  return refuseByIam(401, 'The request you have made requires authentication.', 'Unauthorized');
}
