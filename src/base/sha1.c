/* SHA-1 (FIPS 180-4) and its HMAC (RFC 2104), which libsodium leaves out: one-time passwords want
   them, nothing else may. */
#include "base/hash.h"

#include <string.h>

#define BLOCK  64
#define DIGEST 20

static uint32_t rotate(uint32_t x, int bits)
{
    return x << bits | x >> (32 - bits);
}

static void put_big_endian(uint8_t *out, uint64_t x, int bytes)
{
    for (int i = 0; i < bytes; i++) out[i] = (uint8_t)(x >> 8 * (bytes - 1 - i));
}

/* FIPS 180-4, section 6.1.2. */
static void sha1_block(uint32_t h[5], const uint8_t *block)
{
    uint32_t w[80];
    for (int t = 0; t < 16; t++)
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
               (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    for (int t = 16; t < 80; t++) w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);

    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int t = 0; t < 80; t++) {
        static const uint32_t k[] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6 };
        uint32_t              f = t < 20              ? (b & c) | (~b & d)
                                  : t >= 40 && t < 60 ? (b & c) | (b & d) | (c & d)
                                                      : b ^ c ^ d;
        uint32_t              next = rotate(a, 5) + f + e + k[t / 20] + w[t];
        e = d, d = c, c = rotate(b, 30), b = a, a = next;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

/* Of a first block and a message behind it. */
static void sha1_of(const uint8_t first[BLOCK], Str message, uint8_t out[DIGEST])
{
    uint32_t h[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
    uint64_t bits = 8 * (message.len + (first ? BLOCK : 0));
    if (first) sha1_block(h, first);
    for (; message.len >= BLOCK; message = str_drop(message, BLOCK))
        sha1_block(h, (const uint8_t *)message.at);

    uint8_t end[2 * BLOCK] = { 0 };
    size_t  n = message.len + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
    if (message.len) memcpy(end, message.at, message.len);
    end[message.len] = 0x80;
    put_big_endian(end + n - 8, bits, 8);
    for (size_t i = 0; i < n; i += BLOCK) sha1_block(h, end + i);
    for (int i = 0; i < 5; i++) put_big_endian(out + 4 * i, h[i], 4);
}

void hmac_sha1(Str key, Str message, uint8_t out[20])
{
    uint8_t padded[BLOCK] = { 0 }, inner[BLOCK], outer[BLOCK], digest[DIGEST];
    if (key.len > BLOCK)
        sha1_of(NULL, key, padded);
    else if (key.len)
        memcpy(padded, key.at, key.len);
    for (int i = 0; i < BLOCK; i++) {
        inner[i] = padded[i] ^ 0x36;
        outer[i] = padded[i] ^ 0x5c;
    }
    sha1_of(inner, message, digest);
    sha1_of(outer, (Str){ (const char *)digest, DIGEST }, out);
}
