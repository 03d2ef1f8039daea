/* ZIP archives while they are made, from the first byte on: what is put goes out packed, and only names and
   sizes are kept for the list at the end. For streams, which libzip (archive.h) cannot write. Sizes stand behind
   each file (APPNOTE 4.3.9) and have 64 bits; dates are all 1980-01-01, so the same files are the same bytes. */
#ifndef BANYAN_BASE_ZIPPING_H
#define BANYAN_BASE_ZIPPING_H

#include "base/buf.h"
#include "base/err.h"

typedef struct Zipping Zipping;

/* Takes the archive's next bytes; what it fails with, every call here fails with. */
typedef bool (*ZippingTake)(void *with, Str bytes, Err *err);

#define ZIPPING_FILES_MAX 16

Zipping *zipping_open(Arena *a, ZippingTake take, void *with); /* lives in `a` */
/* A file begins, and the one before ends. Names are UTF-8. ERR_TOO_BIG past ZIPPING_FILES_MAX. */
bool zipping_file(Zipping *z, Str name, Err *err);
bool zipping_put(Zipping *z, Str bytes, Err *err); /* into the file that has begun */
bool zipping_end(Zipping *z, Err *err);            /* the list of files; nothing may follow */

#endif
