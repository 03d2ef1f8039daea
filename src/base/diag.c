/* One event, one line, one write: lines of several threads do not mix. */
#include "base/diag.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/time.h"

static atomic_int least_level = DIAG_INFO;

void diag_set_level(DiagLevel least)
{
    atomic_store(&least_level, (int)least);
}

/* What came from outside must not look like a line of its own. */
static void put_visible(Buf *line, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '\n')
            buf_put(line, S("\\n"));
        else if (*c < 32 || *c == 127)
            buf_putf(line, "\\x%02x", *c);
        else
            buf_put_byte(line, (char)*c);
    }
}

/* $JOURNAL_STREAM is the device and inode that stderr has when systemd starts a service: redirected, it is another. */
static bool into_journal(void)
{
    const char        *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat        st;
    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && fstat(STDERR_FILENO, &st) == 0 &&
           st.st_dev == device && st.st_ino == inode;
}

const char *diag_priority(DiagLevel level)
{
    static const char *const priorities[] = { "<7>", "<6>", "<4>", "<3>" };
    return into_journal() ? priorities[level] : "";
}

void diag(DiagLevel level, const char *format, ...)
{
    static const char *const names[] = { "debug", "info", "warn", "error" };
    if ((int)level < atomic_load(&least_level)) return;
    char    text[4096];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);

    Arena      *a = arena_open(0);
    Buf         line = { 0 };
    const char *priority = diag_priority(level);
    if (*priority)
        buf_putf(&line, "%s%s ", priority, names[level]);
    else
        buf_putf(&line, "%.*s %s ", STR_ARG(time_text(a, time_now_ms())), names[level]);
    put_visible(&line, text);
    buf_put_byte(&line, '\n');
    ssize_t done = write(STDERR_FILENO, line.at, line.len);
    (void)done; /* there is nowhere left to say so */
    buf_free(&line);
    arena_close(a);
}
