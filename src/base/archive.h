/* ZIP archives, read in place; libzip is behind this header only.

   Refused at the door are names that lead out of a folder, what is encrypted, and what unpacks to more
   than 200 times its size (from 256 MB on). Nothing is written under an archive's names. */
#ifndef BANYAN_BASE_ARCHIVE_H
#define BANYAN_BASE_ARCHIVE_H

#include "base/buf.h"
#include "base/err.h"

typedef struct Archive     Archive;
typedef struct ArchiveFile ArchiveFile;

/* Lives in `a`. ERR_FORMAT when it is none, is cut short or damaged, or has such names; ERR_UNSUPPORTED
   when it is encrypted; ERR_TOO_BIG for a bomb. */
bool   archive_open(Arena *a, const char *path, Archive **out, Err *err);
size_t archive_count(const Archive *archive);
Str    archive_name(const Archive *archive, size_t i); /* with "/"; a folder's ends in one */
bool   archive_find(const Archive *archive, Str name, size_t *i);

/* One file in it, from its start; lives in `a`, which must end before the archive's. */
bool archive_file_open(Archive *archive, Arena *a, size_t i, ArchiveFile **out, Err *err);
/* The next bytes, at most `room`; `*n` 0 at the end. ERR_FORMAT when they are damaged. */
bool archive_file_read(ArchiveFile *file, char *at, size_t room, size_t *n, Err *err);
/* All of it; ERR_TOO_BIG when it is more than `most`. */
bool archive_read(Archive *archive, Arena *a, size_t i, size_t most, Str *out, Err *err);

#endif
