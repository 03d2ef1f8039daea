/* Filling error values, and what errors.def says of each code. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *key;
    int         http_status, exit_code;
} errors[] = {
#define ERROR(code, status, exit, key) [ERR_##code] = { #code, key, status, exit },
#include "base/errors.def"
#undef ERROR
};

/* Cut at the end of a whole character, when the text did not fit. */
static void text_end_whole(char *text)
{
    size_t n = strlen(text);
    if (n < ERR_TEXT_MAX - 1) return;
    size_t start = n;
    while (start > 0 && (text[start - 1] & 0xC0) == 0x80) start--;
    if (start > 0 && (text[start - 1] & 0x80)) text[start - 1] = 0;
}

bool fail(Err *err, ErrCode code, const char *format, ...)
{
    if (!err) return false;
    va_list list;
    va_start(list, format);
    /* Through a second buffer: err->text may be among the arguments. */
    char text[ERR_TEXT_MAX];
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    text_end_whole(text);
    memcpy(err->text, text, sizeof text);
    err->code = code;
    return false;
}

bool fail_in(Err *err, const char *where_format, ...)
{
    if (!err) return false;
    char    where[ERR_TEXT_MAX];
    va_list list;
    va_start(list, where_format);
    vsnprintf(where, sizeof where, where_format, list);
    va_end(list);
    return fail(err, err->code, "%s: %s", where, err->text);
}

bool fail_errno(Err *err, const char *doing_format, ...)
{
    int number = errno;
    if (!err) return false;
    char    doing[ERR_TEXT_MAX], reason[128];
    va_list list;
    va_start(list, doing_format);
    vsnprintf(doing, sizeof doing, doing_format, list);
    va_end(list);
    ErrCode code = number == ENOSPC || number == EDQUOT ? ERR_DISK_FULL
                   : number == ENOENT                   ? ERR_NOT_FOUND
                                                        : ERR_STORE;
    return fail(err, code, "%s: %s", doing, strerror_r(number, reason, sizeof reason));
}

int err_http_status(ErrCode code)
{
    return errors[code].http_status;
}

int err_exit_code(ErrCode code)
{
    return errors[code].exit_code;
}

const char *err_key(ErrCode code)
{
    return errors[code].key;
}

const char *err_name(ErrCode code)
{
    return errors[code].name;
}
