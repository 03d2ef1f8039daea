/* Errors are values.

   What can fail returns bool and takes `Err *err` last; `fail` fills it and returns false. Outputs
   are written only on success. The code is for the program: errors.def has its HTTP status, the
   exit code of a command and the key of its translated sentence. The text is for the operator's log
   and for people at a terminal, in English. */
#ifndef BANYAN_BASE_ERR_H
#define BANYAN_BASE_ERR_H

#include <stdbool.h>

#include "base/str.h"

typedef enum {
#define ERROR(code, status, exit_code, key) ERR_##code,
#include "base/errors.def"
#undef ERROR
    ERR_COUNT
} ErrCode;

#define ERR_TEXT_MAX 512

typedef struct {
    ErrCode code;
    char    text[ERR_TEXT_MAX];
} Err;

/* Fill err and return false. `err` may be NULL when the caller does not care. */
bool fail(Err *err, ErrCode code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Put "where: " before the text of an error that is passed on, and return false. */
bool fail_in(Err *err, const char *where_format, ...) __attribute__((format(printf, 2, 3)));
/* Fail with the C library's errno: "doing what: No space left on device". ERR_DISK_FULL for ENOSPC
   and EDQUOT, ERR_NOT_FOUND for ENOENT, else ERR_STORE. */
bool fail_errno(Err *err, const char *doing_format, ...) __attribute__((format(printf, 2, 3)));

int         err_http_status(ErrCode code);
int         err_exit_code(ErrCode code);
const char *err_key(ErrCode code); /* "error.not-found": its sentence is in locale/ */
const char *err_name(ErrCode code);

#endif
