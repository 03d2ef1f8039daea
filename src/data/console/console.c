/* The side of console.h that asks: it starts the process, says which tables there are, and waits. It reads no SQL. */
#include "data/console.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data/console/hear.h"
#include "data/console/wire.h"
#include "data/question_source.h"

#define TABLES_MAX 50
#define PARTS_MAX  4000

typedef struct {
    Arena               *a;
    int                  fd;
    pid_t                pid;
    Hearing              hearing;
    const ConsoleLimits *limits;
} Asking;

static bool start(Asking *k, Err *err)
{
    int                        ends[2];
    posix_spawn_file_actions_t files;
    const ConsoleLimits       *l = k->limits;
    char                      *words[] = { WIRE_NAME,
                                           (char *)str_format(k->a, "%llu", (unsigned long long)l->memory_bytes).at,
                                           (char *)str_format(k->a, "%lld", (long long)l->seconds).at,
                                           (char *)str_format(k->a, "%lld", (long long)l->rows).at, NULL };
    char                      *environment[] = { NULL };
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return fail_errno(err, "make a socket");
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, ends[1], WIRE_CHILD_FD);
    int error = posix_spawn(&k->pid, "/proc/self/exe", &files, NULL, words, environment);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
    k->fd = ends[0];
    k->hearing = (Hearing){ k->a, k->fd, wire_now_ms() + l->seconds * 1000, l->seconds, 0 };
    if (!error) return true;
    close(ends[0]);
    errno = error;
    return fail_errno(err, "start a process for a question");
}

static void end(Asking *k)
{
    kill(k->pid, SIGKILL);
    while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR) {}
    close(k->fd);
}

/* Every part is called by its number in the order in which they are sent. */
static void table_put(Asking *k, Json *list, Str name, const Table *given, size_t first)
{
    Buf  *sql = buf_open(k->a);
    Table t = *given;
    Str  *parts = NEW_ARRAY(k->a, Str, t.part_count + 1);
    for (size_t i = 0; i < t.part_count; i++) parts[i] = str_format(k->a, "/part/%zu", first + i);
    t.parts = parts;
    t.part_rows = NULL;
    buf_put_z(sql, "CREATE VIEW ");
    sql_name(sql, name);
    buf_put_z(sql, " AS SELECT ");
    for (size_t i = 0; i < t.column_count; i++) {
        sql_name(sql, t.columns[i].name);
        buf_put_z(sql, ", ");
    }
    buf_put_z(sql, QUESTION_FLAGS " ");
    source_put(&t, NULL, sql);
    json_add_text(list, buf_str(sql));
}

static bool part_send(Asking *k, Str path, Err *err)
{
    int fd = open(path.at, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail_errno(err, "open a part");
    bool ok = wire_send_file(k->fd, fd);
    close(fd);
    return ok || fail(err, ERR_TOO_BIG, "the process of the question ended early; %s", CONSOLE_SLOW);
}

static bool tables_send(Asking *k, const Json *names, ConsoleFind find, void *with, Err *err)
{
    size_t n = json_array_size(names), parts = 0;
    Table *tables = NEW_ARRAY(k->a, Table, n + 1);
    Json  *frame = json_object_make(k->a), *views = json_array_make(k->a);
    if (n > TABLES_MAX) return fail(err, ERR_TOO_BIG, "a question reads at most %d tables", TABLES_MAX);
    for (size_t i = 0; i < n; i++) {
        Str name = json_text(json_array_get(names, i));
        if (!find(with, k->a, name, &tables[i], err)) return false;
        table_put(k, views, name, &tables[i], parts);
        parts += tables[i].part_count;
    }
    if (parts > PARTS_MAX)
        return fail(err, ERR_TOO_BIG,
                    "the question reads %zu parts, more than %d; read fewer tables", parts,
                    PARTS_MAX);
    json_put_value(frame, "views", views);
    json_put_integer(frame, "parts", (int64_t)parts);
    if (!wire_send(k->fd, json_write(k->a, frame)))
        return fail(err, ERR_TOO_BIG, "the process of the question ended early; %s", CONSOLE_SLOW);
    for (size_t i = 0; i < n; i++)
        for (size_t p = 0; p < tables[i].part_count; p++)
            if (!part_send(k, tables[i].parts[p], err)) return false;
    return true;
}

static bool asked(Asking *k, Str sql, ConsoleFind find, void *with, ConsoleAnswer *out, Err *err)
{
    Json *frame;
    if (!wire_send(k->fd, sql)) return fail(err, ERR_INTERNAL, "the process of a question does not begin");
    return console_hear(&k->hearing, &frame, err) && tables_send(k, json_get(frame, "tables"), find, with, err) &&
           console_hear_answer(&k->hearing, out, err);
}

bool console_ask(Arena *a, Str sql, const ConsoleLimits *limits, ConsoleFind find, void *with, ConsoleAnswer *out,
                 Err *err)
{
    Asking k = { .a = a, .limits = limits };
    if (sql.len > CONSOLE_SQL_MAX)
        return fail(err, ERR_TOO_BIG, "the question is longer than %zu bytes", CONSOLE_SQL_MAX);
    if (!start(&k, err)) return false;
    bool ok = asked(&k, sql, find, with, out, err);
    end(&k);
    return ok;
}
