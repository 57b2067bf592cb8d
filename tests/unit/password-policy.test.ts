/** Which passwords are refused, and that good ones are not. */
import { describe, expect, test } from "vitest";
import { passwordProblem } from "@/lib/contract/password-policy";

const KNOWN = ["ada.lovelace@example.com", "Ada Lovelace"];

describe("is no password", () => {
  test.each([
    ["twelve spaces", " ".repeat(12)],
    ["twelve spaces of other kinds", "\u00a0\u2003\u3000".repeat(4)],
    ["short, filled up with spaces", "   abcXYZ123   "],
    ["too short", "kR7!pq2Lz"],
    ["one character over and over", "aaaaaaaaaaaaaa"],
    ["two in turns", "abababababab"],
    ["three groups of the same", "abc1abc1abc1"],
    ["a row of digits", "123456789012"],
    ["a row of letters, backwards", "zyxwvutsrqponm"],
    ["a row of the keyboard", "qwertyuiopasdf"],
    ["a zigzag of the keyboard", "1q2w3e4r5t6y"],
    ["columns of the keyboard", "1qaz2wsx3edc"],
    ["password with a year", "Password2026!"],
    ["password in disguise", "P@ssw0rd!!2026"],
    ["password twice", "passwordpassword"],
    ["password in wide letters", "ｐａｓｓｗｏｒｄ１２３４"],
    ["administrator", "Administrator1"],
    ["letmein, welcome", "letmein-welcome-1"],
    ["the comic's words", "correct horse battery staple"],
    ["the product", "redrive-redrive-1"],
    ["the product with digits", "Redrive2026!!"],
    ["the e-mail", "ada.lovelace@example.com"],
    ["the name", "Ada Lovelace 1815"],
    ["the name, turned", "lovelace-ada-lovelace"],
  ])("%s", (_name, password) => {
    expect(passwordProblem(password, KNOWN)).toMatch(/^It .+\.$/);
  });
});

describe("is a password", () => {
  test.each([
    "a long enough password",
    "somebody else's password",
    "another long password",
    "kR7!pq2Lz#vB",
    "vier blaue Fahrräder",
    "wolkenlos trotzdem Zimt",
    "correct weather battery lemon",
    "пароль из слов и дождя",
    "夏の夜は短くて忘れがたい景色だ",
    "DyTCgGnIQkpM7Mdo7wRy",
    "ada keeps nine copper kettles",
  ])("%s", (password) => {
    expect(passwordProblem(password, KNOWN)).toBeNull();
  });
});
