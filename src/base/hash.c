/* Hashes, signatures, passwords and randomness, over libsodium. SHA-256 and SHA-1 are nettle's, which uses
   the processor's own instructions for them. Their texts are in codec.c. */
#include "base/hash.h"

#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <sodium.h>
#include <string.h>

bool hash_start(Err *err)
{
    return sodium_init() >= 0 || fail(err, ERR_INTERNAL, "the machine gives no randomness");
}

Hash hash_of(const void *bytes, size_t n)
{
    return hash_of_parts(&(Str){ bytes, n }, 1);
}

Hash hash_of_parts(const Str *parts, size_t n)
{
    Hash              hash;
    struct sha256_ctx state;
    sha256_init(&state);
    for (size_t i = 0; i < n; i++)
        if (parts[i].len) sha256_update(&state, parts[i].len, (const uint8_t *)parts[i].at);
    sha256_digest(&state, HASH_BYTES, hash.b);
    return hash;
}

void hmac_sha1(Str key, Str message, uint8_t out[20])
{
    struct hmac_sha1_ctx state;
    hmac_sha1_set_key(&state, key.len, (const uint8_t *)(key.at ? key.at : ""));
    if (message.len) hmac_sha1_update(&state, message.len, (const uint8_t *)message.at);
    hmac_sha1_digest(&state, 20, out);
    sodium_memzero(&state, sizeof state);
}

void hash_short(Str bytes, uint8_t out[16])
{
    crypto_generichash_blake2b(out, 16, (const uint8_t *)bytes.at, bytes.len, NULL, 0);
}

uint64_t hash_quick(Str bytes)
{
    static const uint8_t key[crypto_shorthash_KEYBYTES] = { 0 };
    uint64_t             out;
    crypto_shorthash((uint8_t *)&out, (const uint8_t *)bytes.at, bytes.len, key);
    return out;
}

bool hash_eq(Hash x, Hash y)
{
    return memcmp(x.b, y.b, HASH_BYTES) == 0;
}

void random_bytes(void *out, size_t n)
{
    randombytes_buf(out, n);
}

KeyPair key_new(void)
{
    KeyPair key;
    crypto_sign_keypair(key.public_key, key.secret);
    return key;
}

KeyPair key_from_seed(const uint8_t seed[32])
{
    KeyPair key;
    crypto_sign_seed_keypair(key.public_key, key.secret, seed);
    return key;
}

Signature key_sign(const KeyPair *key, Str message)
{
    Signature signature;
    crypto_sign_detached(signature.b, NULL, (const uint8_t *)message.at, message.len, key->secret);
    return signature;
}

bool key_verify(const uint8_t public_key[32], Str message, Signature signature)
{
    return crypto_sign_verify_detached(signature.b, (const uint8_t *)message.at, message.len,
                                       public_key) == 0;
}

bool password_hash(Arena *a, Str password, Str *out, Err *err)
{
    char text[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str_alg(text, password.at ? password.at : "", password.len,
                              crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return fail(err, ERR_BUSY, "not enough memory to hash a password");
    *out = str_copy(a, str_of(text));
    return true;
}

bool password_matches(Str hash, Str password)
{
    char text[crypto_pwhash_STRBYTES] = { 0 };
    if (hash.len == 0 || hash.len >= sizeof text) return false;
    memcpy(text, hash.at, hash.len);
    return crypto_pwhash_str_verify(text, password.at ? password.at : "", password.len) == 0;
}

bool bytes_eq_constant_time(const void *x, const void *y, size_t n)
{
    return sodium_memcmp(x, y, n) == 0;
}
