/* Whole files and folders. Fail with fail_errno's codes, naming the path. */
#ifndef BANYAN_BASE_FILE_H
#define BANYAN_BASE_FILE_H

#include "base/err.h"

Str  path_join(Arena *a, Str folder, Str name);
bool path_exists(const char *path);
bool folder_make(const char *path, Err *err);                                     /* with parents; may be there */
bool folder_sync(const char *path, Err *err);                                     /* the names in it are durable */
bool file_read(Arena *a, const char *path, size_t max_bytes, Str *out, Err *err); /* ERR_TOO_BIG past max */
/* All of it, however often it takes; `doing` says in the error what was written: "writing the rows". */
bool file_write(int fd, Str bytes, const char *doing, Err *err);
/* Written beside its name, synced, renamed over it, folder synced: the old or the new, never half. */
bool file_replace(const char *path, Str bytes, int mode, Err *err);
/* Names in a folder, sorted by bytes, without those that start with a dot. */
bool folder_list(Arena *a, const char *path, Str **out, size_t *n, Err *err);

#endif
