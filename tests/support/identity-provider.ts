/**
 * A real OpenID provider on loopback, panva's oidc-provider: one issuer with keys for RS256, ES256 and EdDSA, whose people say
 * by their name what is special about them. A test may also spoil what it sends, which a good provider never would.
 */
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, exportPKCS8, generateKeyPair, importPKCS8, type JWK, SignJWT } from "jose";
import Provider from "oidc-provider";

export const CLIENT = { id: "redrive", secret: "a-client-secret-that-is-long-enough-0123456789" };
export type Algorithm = "RS256" | "ES256" | "EdDSA";
const ALGORITHMS: Algorithm[] = ["RS256", "ES256", "EdDSA"];

/** The claims of a person, and where the provider sends the e-mail. */
interface Person {
  email?: unknown;
  email_verified?: unknown;
  onlyInUserInfo?: boolean;
}

const PEOPLE: Record<string, Person> = {
  verified: { email: "verified@example.com", email_verified: true },
  capitals: { email: "Verified@Example.COM", email_verified: true },
  userinfo: { email: "userinfo@example.com", email_verified: true, onlyInUserInfo: true },
  "userinfo-unverified": { email: "userinfo@example.com", email_verified: false, onlyInUserInfo: true },
  unverified: { email: "verified@example.com", email_verified: false },
  silent: { email: "verified@example.com" },
  text: { email: "verified@example.com", email_verified: "true" },
  number: { email: "verified@example.com", email_verified: 1 },
  nameless: {},
  stranger: { email: "stranger@example.com", email_verified: true },
  disabled: { email: "disabled@example.com", email_verified: true },
};

/** Replaces the ID token before it is sent. */
export type Spoil = (claims: Record<string, unknown>, forge: Forge) => Promise<string> | string;

export interface Forge {
  /** Signed with the provider's own key. */
  sign(claims: Record<string, unknown>): Promise<string>;
  /** Signed with an unpublished key, under the key id of the provider's. */
  signWithAnotherKey(claims: Record<string, unknown>): Promise<string>;
  /** The published RSA key as text, to be misused as an HMAC secret. */
  publicKeys: string[];
}

export interface IdentityProvider {
  issuer: string;
  /** Registers the app's client. Until then the provider answers 503. */
  register(redirectUri: string): void;
  signWith(algorithm: Algorithm): void;
  spoilIdToken(spoil?: Spoil): void;
  /** Replaces members of the discovery document. */
  spoilDiscovery(members?: Record<string, unknown>): void;
  /** An answer to every request, instead of the provider's own. */
  answerAll(status?: number): void;
  /** The same for one path. */
  failPath(path: string, status: number): void;
  /** How often each path was requested. */
  asked: Map<string, number>;
  close(): Promise<void>;
}

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const keys = Object.fromEntries(await Promise.all(ALGORITHMS.map(async (one) => [one, await makeKey(one)] as const)));
  const state: {
    providers?: Record<Algorithm, ReturnType<Provider["callback"]>>;
    algorithm: Algorithm;
    spoil?: Spoil;
    discovery?: Record<string, unknown>;
    status?: number;
    failing?: { path: string; status: number };
  } = { algorithm: "RS256" };
  const asked = new Map<string, number>();
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    asked.set(pathname, (asked.get(pathname) ?? 0) + 1);
    const provider = state.providers?.[state.algorithm];
    const status = state.failing?.path === pathname ? state.failing.status : state.status;
    if (provider && status === undefined) return provider(request, response);
    response.writeHead(status ?? 503, { "content-type": "text/plain" }).end("not now");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const spoilAnswers = (provider: Provider, algorithm: Algorithm) =>
    provider.use(async (context, next) => {
      await next();
      const body = context.body as Record<string, unknown>;
      if (context.oidc?.route === "discovery" && state.discovery) context.body = { ...body, ...state.discovery };
      if (context.oidc?.route !== "token" || !state.spoil || typeof body.id_token !== "string") return;
      const claims = JSON.parse(Buffer.from(body.id_token.split(".")[1] ?? "", "base64url").toString());
      const forge = await forgeOf(keys[algorithm] as Key, algorithm, keys.RS256 as Key);
      context.body = { ...body, id_token: await state.spoil(claims, forge) };
    });

  return {
    issuer,
    asked,
    register(redirectUri) {
      // One per algorithm, because the client says which one its tokens are signed with. They share issuer and keys.
      state.providers = Object.fromEntries(
        ALGORITHMS.map((algorithm) => {
          const provider = new Provider(issuer, configurationOf(algorithm, redirectUri, Object.values(keys)));
          spoilAnswers(provider, algorithm);
          return [algorithm, provider.callback()];
        }),
      ) as Record<Algorithm, ReturnType<Provider["callback"]>>;
    },
    signWith(algorithm) {
      state.algorithm = algorithm;
    },
    spoilIdToken(spoil) {
      state.spoil = spoil;
    },
    spoilDiscovery(members) {
      state.discovery = members;
    },
    answerAll(status) {
      state.status = status;
    },
    failPath(path, status) {
      state.failing = { path, status };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Key {
  pem: string;
  jwk: JWK;
}

async function makeKey(algorithm: Algorithm): Promise<Key> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: `key of ${algorithm}`, alg: algorithm, use: "sig" };
  return { pem: await exportPKCS8(privateKey), jwk };
}

function configurationOf(algorithm: Algorithm, redirectUri: string, keys: Key[]): Record<string, unknown> {
  return {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        id_token_signed_response_alg: algorithm,
      },
    ],
    jwks: { keys: keys.map(({ jwk }) => jwk) },
    enabledJWA: { idTokenSigningAlgValues: ALGORITHMS },
    cookies: { keys: ["tests only"] },
    // Set explicitly, so that the library does not warn about a missing choice.
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 60, IdToken: 600, AuthorizationCode: 60 },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    // As Google, Okta and Keycloak do it; the person "userinfo" is for those who do not.
    conformIdTokenClaims: false,
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: (use: string) => ({ sub: id, ...claimsOf(id, use) }),
    }),
  };
}

function claimsOf(id: string, use: string): Omit<Person, "onlyInUserInfo"> {
  const { onlyInUserInfo, ...claims } = PEOPLE[id] ?? {};
  return onlyInUserInfo && use === "id_token" ? {} : claims;
}

async function forgeOf(key: Key, algorithm: Algorithm, rsa: Key): Promise<Forge> {
  const { n, e } = rsa.jwk;
  const { createPublicKey } = await import("node:crypto");
  const published = createPublicKey({ key: { kty: "RSA", n, e } as never, format: "jwk" });
  const pem = published.export({ type: "spki", format: "pem" }).toString();
  const sign = async (claims: Record<string, unknown>, privateKey: CryptoKey) =>
    new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid: key.jwk.kid }).sign(privateKey);
  return {
    sign: async (claims) => sign(claims, await importPKCS8(key.pem, algorithm)),
    signWithAnotherKey: async (claims) => sign(claims, (await generateKeyPair(algorithm)).privateKey),
    publicKeys: [pem, pem.trim(), JSON.stringify({ kty: "RSA", n, e })],
  };
}
