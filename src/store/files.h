/* Files named by the SHA-256 of their bytes, never changed: FOLDER/ab/abcdef….

   A file is first written under FOLDER/tmp, then taken: hashed, synced, moved to its name, its folder
   synced. So a name that is there is whole, and a process that dies leaves at most a temporary file,
   which the next start clears. The same bytes are stored once. */
#ifndef BANYAN_STORE_FILES_H
#define BANYAN_STORE_FILES_H

#include "base/err.h"

#define FILES_NAME_LENGTH 64 /* hex digits */

/* A new name under FOLDER/tmp for a file to be written; nothing is there yet. */
bool files_temporary(const char *folder, Arena *a, Str *path, Err *err);
/* Hash, sync and move `temporary` to its name (in `a`, hex). There already: `temporary` is removed and
   `*was_there` set (may be NULL). Reads the file once: about 500 MB a second. */
bool files_take(const char *folder, Arena *a, Str temporary, Str *name, uint64_t *bytes, bool *was_there, Err *err);
/* Where a file of that name lies; ERR_NOT_FOUND when it does not, ERR_FORMAT for what is no name. */
bool files_find(const char *folder, Arena *a, Str name, Str *path, Err *err);
/* Hash it again: ERR_CORRUPT when it is no longer what its name says. */
bool files_verify(const char *folder, Arena *a, Str name, Err *err);
/* Remove what lies under FOLDER/tmp. Only while nobody writes there: at start. */
bool files_clear_temporary(const char *folder, Err *err);

#endif
