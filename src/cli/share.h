/* Where the files that every node shares are: kinds/, pages/, assets/, locale/. */
#ifndef BANYAN_CLI_SHARE_H
#define BANYAN_CLI_SHARE_H

#include "base/err.h"

/* BANYAN_SHARE when it is set; else ../share/banyan beside the program's folder (as installed), else the
   nearest folder above the program that has kinds/ and locale/ (the source tree). In `a`, absolute
   unless BANYAN_SHARE is not. Fails ERR_NOT_FOUND naming where it looked. */
bool share_find(Arena *a, Str *out, Err *err);

#endif
