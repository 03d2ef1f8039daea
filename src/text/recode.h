/* Text in other encodings than UTF-8, read as UTF-8 (ICU). */
#ifndef BANYAN_TEXT_RECODE_H
#define BANYAN_TEXT_RECODE_H

#include "base/buf.h"
#include "base/err.h"

/* The IANA name of the encoding that `sample`, the bytes of a file that are not ASCII with those around
   them, is most likely in: "windows-1252", "TIS-620", "GB18030" … It must not be UTF-8. `*sure` is false
   when another fits nearly as well. */
Str recode_guess(Arena *a, Str sample, bool *sure);

/* The name (IANA's preferred for MIME) of an encoding that a person names ("latin1", "cp850"); ERR_UNSUPPORTED,
   naming some that are known. */
bool recode_name(Arena *a, Str said, Str *name, Err *err);

/* Encodings that files come in, by IANA names, most usual first, with a language that is written so (BCP 47; empty:
   many). */
typedef struct {
    Str name, lang;
} UsualEncoding;
const UsualEncoding *recode_usual(size_t *n);

typedef struct Recoder Recoder;
/* ERR_UNSUPPORTED for an encoding ICU does not know. Lives in `a`. */
Recoder *recoder_open(Arena *a, Str encoding, Err *err);
#define RECODE_BROKEN "\xef\xbf\xbd" /* U+FFFD */
/* Append what `bytes` say in UTF-8; half characters wait for the next bytes. What is no character
   becomes U+FFFD. `last` ends the text. */
bool recoder_put(Recoder *r, Str bytes, bool last, Buf *out, Err *err);

/* U+FFFD becomes bytes that are no character in UTF-8 either, so that who reads the text sees that something was. */
void recode_mark_broken(Buf *text);

/* True when `text` (UTF-8) reads as text that was taken for windows-1252 and encoded again: "Ã©" for
   "é". `mended` (may be NULL) is what it was. */
bool recode_twice(Arena *a, Str text, Str *mended);

#endif
