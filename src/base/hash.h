/* Hashes, keys, randomness and their texts; libsodium is behind this header only.
   SHA-256 is FIPS 180-4, Ed25519 RFC 8032, Argon2id RFC 9106. */
#ifndef BANYAN_BASE_HASH_H
#define BANYAN_BASE_HASH_H

#include "base/err.h"

#define HASH_BYTES 32
typedef struct {
    uint8_t b[HASH_BYTES];
} Hash;

/* Must be called once before anything else here; fails when the machine has no randomness. */
bool hash_start(Err *err);

Hash hash_of(const void *bytes, size_t n);
Hash hash_of_parts(const Str *parts, size_t n); /* of their concatenation */
/* BLAKE2b (RFC 7693) to 16 bytes: for keys in memory, where it costs a fifth of SHA-256. */
void hash_short(Str bytes, uint8_t out[16]);
/* SipHash-2-4 under a fixed key: for telling answers apart, at a tenth of the cost of SHA-256. */
uint64_t hash_quick(Str bytes);
bool     hash_eq(Hash x, Hash y);
void     random_bytes(void *out, size_t n);

typedef struct {
    uint8_t secret[64], public_key[32];
} KeyPair;
typedef struct {
    uint8_t b[64];
} Signature;
KeyPair   key_new(void);
KeyPair   key_from_seed(const uint8_t seed[32]);
Signature key_sign(const KeyPair *key, Str message);
bool      key_verify(const uint8_t public_key[32], Str message, Signature signature);

/* Password hashes with Argon2id: takes some 50 ms and 64 MiB, so never on a thread that serves pages.
   Fails ERR_BUSY when there is no memory for it now. */
bool password_hash(Arena *a, Str password, Str *out, Err *err);
bool password_matches(Str hash, Str password);
/* HMAC-SHA-1 for time-based one-time passwords (RFC 6238), its only use. */
void hmac_sha1(Str key, Str message, uint8_t out[20]);
bool bytes_eq_constant_time(const void *x, const void *y, size_t n);

Str      hex_make(Arena *a, const void *bytes, size_t n);
bool     hex_read(Str text, void *out, size_t n);               /* exactly n bytes, any case */
Str      base64_make(Arena *a, const void *bytes, size_t n);    /* standard, padded */
Str      base64url_make(Arena *a, const void *bytes, size_t n); /* no padding */
bool     base64_read(Arena *a, Str text, Str *out);             /* standard, padded, nothing else in it */
bool     base64url_read(Arena *a, Str text, Str *out);          /* no padding */
Str      base32_make(Arena *a, const void *bytes, size_t n);    /* RFC 4648, no padding */
bool     base32_read(Arena *a, Str text, Str *out);             /* any case, padding and spaces ignored */
uint32_t crc32_of(const void *bytes, size_t n);                 /* IEEE, reflected */

#endif
