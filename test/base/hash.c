#include "check.h"

#include <string.h>

#include "base/hash.h"

static Str hash_text(Arena *a, Hash hash)
{
    return hex_make(a, hash.b, HASH_BYTES);
}

TEST("SHA-256 gives the values of FIPS 180-4, also in parts")
{
    CHECK_STR(hash_text(a, hash_of("", 0)), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK_STR(hash_text(a, hash_of("abc", 3)), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Str parts[] = { S("a"), STR_NONE, S("bc") };
    CHECK(hash_eq(hash_of_parts(parts, 3), hash_of("abc", 3)));
    CHECK(!hash_eq(hash_of_parts(parts, 2), hash_of("abc", 3)));
}

TEST("Ed25519 gives the values of RFC 8032 and refuses a changed message or signature")
{
    uint8_t seed[32];
    CHECK(hex_read(S("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"), seed, 32));
    KeyPair key = key_from_seed(seed);
    CHECK_STR(hex_make(a, key.public_key, 32), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    Signature signature = key_sign(&key, S("\x72"));
    CHECK_STR(hex_make(a, signature.b, 64), "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                                            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    CHECK(key_verify(key.public_key, S("\x72"), signature));
    CHECK(!key_verify(key.public_key, S("\x73"), signature));
    signature.b[10] ^= 1;
    CHECK(!key_verify(key.public_key, S("\x72"), signature));
    KeyPair other = key_new();
    CHECK(key_verify(other.public_key, STR_NONE, key_sign(&other, STR_NONE)));
    CHECK(!key_verify(other.public_key, S("\x72"), key_sign(&key, S("\x72"))));
}

TEST("a password matches its own hash only, and hashes are salted")
{
    Str hash, again;
    CHECK_OK(password_hash(a, S("correct horse"), &hash, &err));
    CHECK_OK(password_hash(a, S("correct horse"), &again, &err));
    CHECK(str_starts(hash, S("$argon2id$v=19$m=65536,")));
    CHECK(!str_eq(hash, again));
    CHECK(password_matches(hash, S("correct horse")));
    CHECK(!password_matches(hash, S("correct horsf")));
    CHECK(!password_matches(S(""), S("")));
    CHECK(!password_matches(S("not a hash"), S("")));
}

TEST("HMAC-SHA-1 gives the values of RFC 2202")
{
    char key[80], message[50];
    memset(key, 0xaa, sizeof key);
    memset(message, 0xdd, sizeof message);
    static const char twenty[] = "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
                                 "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b";
    struct {
        Str         key, message;
        const char *digest;
    } cases[] = {
        { { twenty, 20 }, S("Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00" },
        { S("Jefe"), S("what do ya want for nothing?"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
        { { key, 20 }, { message, 50 }, "125d7342b9ac11cd91a39af48aa17b4f63f175d3" },
        { { key, 80 },
          S("Test Using Larger Than Block-Size Key - Hash Key First"),
          "aa4ae5e15272d00e95705637ce8a3b55ed402112" },
        { { key, 80 },
          S("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"),
          "e8e99d0f45237d786d6bbaa7965c7808bbff1a91" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t digest[20];
        hmac_sha1(cases[i].key, cases[i].message, digest);
        CHECK_STR(hex_make(a, digest, 20), cases[i].digest);
    }
}

TEST("hexadecimal is read only whole and of the right length")
{
    uint8_t bytes[2] = { 9, 9 };
    CHECK(hex_read(S("0aFf"), bytes, 2));
    CHECK_EQ_INT(bytes[0], 10);
    CHECK_EQ_INT(bytes[1], 255);
    CHECK(!hex_read(S("0af"), bytes, 2));
    CHECK(!hex_read(S("0aff0"), bytes, 2));
    CHECK(!hex_read(S("0afg"), bytes, 2));
    CHECK_EQ_INT(bytes[1], 255);
    CHECK(hex_read(STR_NONE, bytes, 0));
    CHECK_STR(hex_make(a, NULL, 0), "");
}

TEST("base64 and base32 give the values of RFC 4648 and read them back")
{
    static const struct {
        const char *plain, *base64, *base64url, *base32;
    } cases[] = {
        { "", "", "", "" },
        { "f", "Zg==", "Zg", "MY" },
        { "fo", "Zm8=", "Zm8", "MZXQ" },
        { "foo", "Zm9v", "Zm9v", "MZXW6" },
        { "foob", "Zm9vYg==", "Zm9vYg", "MZXW6YQ" },
        { "fooba", "Zm9vYmE=", "Zm9vYmE", "MZXW6YTB" },
        { "foobar", "Zm9vYmFy", "Zm9vYmFy", "MZXW6YTBOI" },
        { "\xFB\xFF", "+/8=", "-_8", "7P7Q" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Str plain = str_of(cases[i].plain), back = S("unread");
        CHECK_STR(base64_make(a, plain.at, plain.len), cases[i].base64);
        CHECK_STR(base64url_make(a, plain.at, plain.len), cases[i].base64url);
        CHECK_STR(base32_make(a, plain.at, plain.len), cases[i].base32);
        CHECK(base64_read(a, str_of(cases[i].base64), &back));
        CHECK_STR(back, plain);
        CHECK(base64url_read(a, str_of(cases[i].base64url), &back));
        CHECK_STR(back, plain);
        CHECK(base32_read(a, str_of(cases[i].base32), &back));
        CHECK_STR(back, plain);
    }
    Str back = S("unread");
    CHECK(base32_read(a, S("mzxw 6ytb oi======"), &back));
    CHECK_STR(back, "foobar");
}

TEST("malformed base64 and base32 are refused")
{
    Str              out;
    static const Str bad64[] = { S_INIT("Zg"), S_INIT("Zg="), S_INIT("Z"), S_INIT("Zg==Zg=="),
                                 S_INIT("Zh=="), S_INIT("Zg==x"), S_INIT("Zm 9v"), S_INIT("Zm9-") };
    static const Str bad32[] = { S_INIT("A"), S_INIT("AAA"), S_INIT("AAAAAA"),
                                 S_INIT("MZ"), S_INIT("M1"), S_INIT("M\xC3\x89") };
    for (size_t i = 0; i < sizeof bad64 / sizeof *bad64; i++)
        CHECK_EQ_INT(base64_read(a, bad64[i], &out) ? (int)i : -1, -1);
    for (size_t i = 0; i < sizeof bad32 / sizeof *bad32; i++)
        CHECK_EQ_INT(base32_read(a, bad32[i], &out) ? (int)i : -1, -1);
}

TEST("the CRC-32 of any length and start is the bitwise sum")
{
    CHECK_EQ_INT(crc32_of("123456789", 9), 0xCBF43926);
    CHECK_EQ_INT(crc32_of("", 0), 0);
    uint8_t bytes[64];
    for (int i = 0; i < 64; i++) bytes[i] = (uint8_t)(i * 37 + 11);
    for (size_t start = 0; start < 8; start++)
        for (size_t n = 0; n < 50; n++) {
            uint32_t c = 0xFFFFFFFF;
            for (size_t i = 0; i < n; i++) {
                c ^= bytes[start + i];
                for (int bit = 0; bit < 8; bit++) c = c >> 1 ^ (c & 1 ? 0xEDB88320 : 0);
            }
            CHECK_EQ_INT(crc32_of(bytes + start, n), ~c);
        }
}

TEST("bytes are compared whole in constant time")
{
    CHECK(bytes_eq_constant_time("abcd", "abcd", 4));
    CHECK(!bytes_eq_constant_time("abcd", "abce", 4));
    CHECK(bytes_eq_constant_time("abcd", "abce", 3));
}
