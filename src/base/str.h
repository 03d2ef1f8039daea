/* Text as counted slices.

   A Str is a pointer and a length in UTF-8. It owns nothing: slices are cut from slices without
   copying, and live as long as what they were cut from. What copies says `_make` or takes an Arena.
   No function here fails; allocation failure ends the process (see arena.h). */
#ifndef BANYAN_BASE_STR_H
#define BANYAN_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct {
    const char *at;
    size_t      len;
} Str;

#define S(literal) ((Str){ "" literal, sizeof(literal) - 1 })
#define S_INIT(literal)                 \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    } /* for static tables */
#define STR_NONE ((Str){ NULL, 0 })
/* For printf: printf("%.*s", STR_ARG(name)) */
#define STR_ARG(s) (int)(s).len, (s).at ? (s).at : ""

typedef struct {
    Str  head, tail; /* before and after the first separator; tail is empty when not found */
    bool found;
} Cut;

Str      str_of(const char *z); /* view of a zero-ended string; NULL gives STR_NONE */
bool     str_eq(Str a, Str b);
bool     str_eq_z(Str a, const char *z);
int      str_cmp(Str a, Str b);       /* by bytes, shorter first: <0, 0, >0 */
bool     str_eq_nocase(Str a, Str b); /* ASCII letters only */
bool     str_starts(Str s, Str prefix);
bool     str_ends(Str s, Str suffix);
bool     str_has(Str s, Str part);
long     str_find(Str s, Str part);           /* byte offset of the first occurrence, or -1 */
Cut      str_cut(Str s, char separator);      /* at the first separator */
Cut      str_cut_last(Str s, char separator); /* at the last separator */
Str      str_trim(Str s);                     /* without ASCII white space at both ends */
Str      str_drop(Str s, size_t n);           /* without its first n bytes (or empty) */
Str      str_take_first(Str s, size_t n);     /* its first n bytes (or all) */
uint64_t str_hash(Str s);                     /* FNV-1a, 64 bits; for tables in memory, never stored */
bool     str_to_i64(Str s, int64_t *out);     /* whole of s is a decimal number in range: -?[0-9]+ */
bool     str_to_double(Str s, double *out);   /* whole of s is a finite number, "." as the point, up to 1023 bytes */
bool     str_is_utf8(Str s);                  /* well-formed UTF-8, no NUL */

/* How many bytes the well-formed character at the start of s takes (RFC 3629); 0 when there is none. */
size_t str_utf8_step(Str s);

/* Copies that live in `a`; each has a final zero behind its length, so `.at` suits a C library. */
Str         str_copy(Arena *a, Str s);
Str        *strs_copy(Arena *a, const Str *from, size_t n); /* the list and its texts */
const char *str_z(Arena *a, Str s);
Str         str_join(Arena *a, const Str *parts, size_t n);
Str         str_join_with(Arena *a, Str separator, const Str *parts, size_t n);
Str         str_lower_ascii(Arena *a, Str s);
Str         str_format(Arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
