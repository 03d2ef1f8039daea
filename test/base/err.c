#include "check.h"

#include <errno.h>
#include <string.h>

TEST("fail fills code and text, fail_in puts the place before it")
{
    CHECK(!fail(&err, ERR_FORMAT, "line %d", 3));
    CHECK_EQ_INT(err.code, ERR_FORMAT);
    CHECK(!fail_in(&err, "file %s", "a.json"));
    CHECK_EQ_INT(err.code, ERR_FORMAT);
    CHECK_STR(err.text, "file a.json: line 3");
    CHECK(!fail(NULL, ERR_FORMAT, "nobody listens"));
    CHECK(!fail_in(NULL, "nobody listens"));
}

TEST("a long error text is cut at a whole character")
{
    char text[1200];
    for (size_t i = 0; i < 399; i++) memcpy(text + 3 * i, "\xE0\xB8\x81", 3);
    text[1197] = 0;
    fail(&err, ERR_FORMAT, "%s", text);
    CHECK_EQ_INT(strlen(err.text), 510);
    CHECK(str_is_utf8(str_of(err.text)));
}

TEST("errno becomes a code and a text")
{
    errno = ENOSPC;
    CHECK(!fail_errno(&err, "writing %s", "x"));
    CHECK_EQ_INT(err.code, ERR_DISK_FULL);
    CHECK_STR(err.text, "writing x: No space left on device");
    errno = ENOENT;
    fail_errno(&err, "opening");
    CHECK_EQ_INT(err.code, ERR_NOT_FOUND);
    errno = EACCES;
    fail_errno(&err, "opening");
    CHECK_EQ_INT(err.code, ERR_STORE);
}

TEST("every code has its status, exit code, key and name")
{
    CHECK_EQ_INT(err_http_status(ERR_NOT_FOUND), 404);
    CHECK_EQ_INT(err_exit_code(ERR_NOT_FOUND), 3);
    CHECK_STR(err_key(ERR_NOT_FOUND), "error.not-found");
    CHECK_STR(err_name(ERR_NOT_FOUND), "NOT_FOUND");
    for (int code = 0; code < ERR_COUNT; code++) {
        CHECK(str_starts(str_of(err_key((ErrCode)code)), S("error.")));
        CHECK(err_http_status((ErrCode)code) >= 200);
    }
}
