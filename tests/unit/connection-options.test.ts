import { mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { connectionOptions } from "@/lib/db/connection-options";
import { withoutMissingRoles } from "@/lib/db/migrate";

const certificate = path.join(mkdtempSync(path.join(os.tmpdir(), "redrive-ca-")), "ca.pem");
writeFileSync(certificate, "a certificate");

describe("a DATABASE_URL", () => {
  test("names host, port, user, password and database, percent-encoded or not", () => {
    expect(connectionOptions("postgresql://ada%40x:p%40ss@db.example.com:6000/red%20rive")).toMatchObject({
      host: ["db.example.com"],
      port: [6000],
      username: "ada@x",
      password: "p@ss",
      database: "red rive",
      prepare: true,
    });
  });

  test.each([
    ["postgresql:///app?host=/var/run/postgresql", "/var/run/postgresql/.s.PGSQL.5432"],
    ["postgresql:///app?host=/tmp/&port=5599&user=plain", "/tmp/.s.PGSQL.5599"],
    ["postgres://plain@%2Fvar%2Frun:5433/app", "/var/run/.s.PGSQL.5433"],
  ])("leads to the Unix socket that it names: %s", (url, socket) => {
    expect(connectionOptions(url)).toMatchObject({ path: socket, ssl: false, database: "app" });
  });

  test("may name several hosts, and the kind of server that is wanted", () => {
    expect(connectionOptions("postgres://u@a:1,b,[::1]:3/db?target_session_attrs=read-write")).toMatchObject({
      host: ["a", "b", "::1"],
      port: [1, 1, 3],
      target_session_attrs: "read-write",
    });
  });

  test.each([
    ["", "prefer"],
    ["?sslmode=disable", false],
    ["?sslmode=no-verify", { rejectUnauthorized: false }],
    ["?sslmode=require", { rejectUnauthorized: false }],
    [`?sslmode=require&sslrootcert=${certificate}`, { rejectUnauthorized: true, ca: "a certificate" }],
    [`?sslmode=verify-full&sslrootcert=${certificate}`, { rejectUnauthorized: true, ca: "a certificate" }],
    ["?sslrootcert=system", { rejectUnauthorized: true }],
    ["?ssl=true", { rejectUnauthorized: false }],
  ])("with %s is encrypted as libpq means it", (query, ssl) => {
    const given = connectionOptions(`postgres://u@db.example.com/db${query}`).ssl;
    if (typeof ssl === "object") expect(given).toMatchObject(ssl);
    else expect(given).toBe(ssl);
  });

  test("with verify-full and an address compares the certificate with that address", () => {
    const { ssl } = connectionOptions("postgres://u@192.0.2.7/db?sslmode=verify-full");
    const check = (ssl as { checkServerIdentity: (host: string, certificate: object) => Error | undefined })
      .checkServerIdentity;
    expect(check("localhost", { subject: {}, subjectaltname: "IP Address:192.0.2.7" })).toBeUndefined();
    expect(check("localhost", { subject: {}, subjectaltname: "DNS:localhost" })).toBeInstanceOf(Error);
  });

  test.each([
    ["postgres://u@h:6543/db", false],
    ["postgres://u@h:5432/db?pgbouncer=true&connection_limit=1", false],
    ["postgres://u@h:5432/db", true],
  ])("says whether statements may be prepared: %s", (url, prepare) => {
    expect(connectionOptions(url).prepare).toBe(prepare);
  });

  test.each([
    ["?schema=app", "schema"],
    ["?foo=bar", "foo"],
    ["?channel_binding=require", "channel_binding=require"],
    ["?sslmode=maybe", "sslmode=maybe"],
    ["?sslrootcert=/nowhere.pem", "sslrootcert"],
    ["?connect_timeout=soon", "connect_timeout"],
    ["?port=99999", "port"],
  ])("with %s is refused in words that name the parameter and never the password", (query, named) => {
    const attempt = () => connectionOptions(`postgres://u:pa55word@h/db${query}`);
    expect(attempt).toThrow(`DATABASE_URL has ${named}:`);
    expect(attempt).not.toThrow(/pa55word/);
  });

  test.each(["postgres://", "postgres://h", "mysql://h/db", "postgres://u@h:5432/"])(
    "that is none is refused: %s",
    (url) => {
      expect(() => connectionOptions(url)).toThrow(/DATABASE_URL (is no URL|names no database)/);
    },
  );
});

describe("migrations for an owner who may not create roles", () => {
  const text = [
    'REVOKE ALL ON FUNCTION "public"."f"(a integer) FROM PUBLIC, "anon", "authenticated";',
    'GRANT EXECUTE ON FUNCTION "public"."f"(a integer) TO "service_role";',
    "CREATE FUNCTION public.g() RETURNS text AS $$ select 'to anon;' $$;",
  ].join("\n");

  test("leave out the roles that are missing and nothing else", () => {
    expect(withoutMissingRoles(text, new Set())).toBe(
      [
        'REVOKE ALL ON FUNCTION "public"."f"(a integer) FROM PUBLIC;',
        "",
        "CREATE FUNCTION public.g() RETURNS text AS $$ select 'to anon;' $$;",
      ].join("\n"),
    );
  });

  test("are applied as they are where the roles exist", () => {
    expect(withoutMissingRoles(text, new Set(["anon", "authenticated", "service_role"]))).toBe(text);
  });
});
