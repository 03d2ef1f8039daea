/* The side of console.h that answers, in its own process: closes itself in, reads the question into a tree, asks
   for its tables, runs it. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "data/console.h"
#include "data/console/wire.h"

#define THREADS         2
#define NICENESS        10 /* behind whoever answers pages */
#define FILES_MAX       8000
#define VALUE_MAX_BYTES ((size_t)64 << 10)
#define BATCH_BYTES     ((size_t)64 << 10)
#define DEPTH_MAX       1500 /* of the tree */

static const uint64_t BESIDE_BYTES = (uint64_t)384 << 20; /* stacks, code and what the engine does not count */

typedef struct {
    Arena   *a;
    DuckRun *run;
    Str      sql;
    int64_t  rows;
    int      files[FILES_MAX];
    size_t   file_count;
} Child;

static void say(Arena *a, Json *frame)
{
    wire_send(WIRE_CHILD_FD, json_write(a, frame));
}

static void say_wrong(Child *c, const char *code, Str text, int64_t line, int64_t column)
{
    Json *frame = json_object_make(c->a);
    json_put_text(frame, "error", text.len ? text : S("no reason given"));
    json_put_text(frame, "code", str_of(code));
    json_put_integer(frame, "line", line);
    json_put_integer(frame, "column", column);
    say(c->a, frame);
}

/* Byte offset in the question to line and column, both from 1; columns are characters. */
static void place_of(Str sql, size_t offset, int64_t *line, int64_t *column)
{
    *line = *column = 1;
    for (size_t i = 0; i < offset && i < sql.len; i++) {
        if (sql.at[i] == '\n') (*line)++, *column = 1;
        else if (((unsigned char)sql.at[i] & 0xC0) != 0x80) (*column)++;
    }
}

/* The engine shows the line and a caret under the place: "LINE 2: … WHERE x" and "^" below. A long line is shown
   from "..." on. */
static bool place_shown(Str sql, Str text, int64_t *line, int64_t *column)
{
    const char *at = memmem(text.at, text.len, "\nLINE ", 6);
    if (!at) return false;
    Cut         shown = str_cut(str_drop(text, (size_t)(at - text.at) + 6), '\n'), number = str_cut(shown.head, ':');
    const char *caret = memchr(shown.tail.at, '^', shown.tail.len);
    if (!shown.found || !number.found || !caret || !str_to_i64(number.head, line)) return false;
    Str    snippet = str_drop(number.tail, 1), row = { 0 };
    size_t before = number.head.len + sizeof "LINE : " - 1, under = (size_t)(caret - shown.tail.at);
    Cut    rest = { .tail = sql };
    for (int64_t i = 0; i < *line; i++) {
        rest = str_cut(rest.tail, '\n');
        row = rest.head;
    }
    if (under < before) return false;
    under -= before;
    if (str_starts(snippet, S("..."))) {
        snippet = str_drop(snippet, 3);
        if (str_ends(snippet, S("..."))) snippet.len -= 3;
        const char *found = snippet.len ? memmem(row.at, row.len, snippet.at, snippet.len) : NULL;
        if (!found || under < 3) return false;
        under += (size_t)(found - row.at) - 3;
    }
    *column = (int64_t)under + 1;
    return true;
}

/* What the engine says, in one line and without its own classes of errors. */
static void say_err(Child *c, const Err *err)
{
    Str     text = str_of(err->text), first = str_trim(str_cut(text, '\n').head);
    int64_t line = 0, column = 0;
    if (err->code == ERR_TOO_BIG) {
        say_wrong(c, "memory", first, 0, 0);
        return;
    }
    if (!place_shown(c->sql, text, &line, &column)) line = 0;
    Cut kind = str_cut(first, ':');
    if (kind.found && str_ends(kind.head, S(" Error"))) first = str_trim(kind.tail);
    const char *near = memmem(text.at, text.len, "Candidate bindings: ", 20);
    if (near) {
        Str candidates = str_cut(str_drop(text, (size_t)(near - text.at) + 20), '\n').head;
        first = str_format(c->a, "%.*s; there is %.*s", STR_ARG(first), STR_ARG(candidates));
    }
    say_wrong(c, "question", first, line, column);
}

typedef struct {
    Arena *a;
    Json  *tables, *ctes; /* objects, by name */
    Str    wrong;         /* what a question may not have */
    int    depth;
} Walk;

static const char *const table_functions[] = { "range", "generate_series", "unnest" };
static const char *const refused_functions[] = { "current_setting", "getenv", "getvariable", "current_user", "user",
                                                 "session_user", "current_database", "current_schemas", "version",
                                                 "query", "query_table", "nextval", "currval", "txid_current",
                                                 "write_log", "set_bit_log" };
static const char *const refs[] = { "BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EMPTY", "EXPRESSION_LIST",
                                    "PIVOT", "CTE" };
static const char *const own_names[] = { "duckdb_", "pragma_", "sqlite_", "pg_" };

static bool listed(Str name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_z(name, list[i])) return true;
    return false;
}
#define LISTED(name, list) listed((name), (list), sizeof(list) / sizeof *(list))

static Str lower(Arena *a, Str s)
{
    Str out = str_copy(a, s);
    for (size_t i = 0; i < out.len; i++)
        if (out.at[i] >= 'A' && out.at[i] <= 'Z') ((char *)out.at)[i] = (char)(out.at[i] + 32);
    return out;
}

/* `before` and `after` stand around the name. */
static void walk_wrong(Walk *w, const char *before, Str name, const char *after)
{
    if (!w->wrong.len) w->wrong = str_join(w->a, (Str[]){ str_of(before), name, str_of(after) }, 3);
}

static void cte_seen(Walk *w, Str name)
{
    Str plain = lower(w->a, name);
    for (size_t i = 0; i < sizeof own_names / sizeof *own_names; i++)
        if (str_starts(plain, str_of(own_names[i]))) walk_wrong(w, "\"", name, "\" is a name of the engine's own");
    for (size_t i = 0; i < plain.len; i++)
        if (plain.at[i] == '.' || plain.at[i] == '/' || plain.at[i] == ':')
            walk_wrong(w, "\"", name, "\" is no name for a part of a question");
    json_put_bool(w->ctes, str_z(w->a, plain), true);
}

static void ref_seen(Walk *w, const Json *node)
{
    Str type = json_get_text(node, "type");
    if (!LISTED(type, refs)) {
        walk_wrong(w, "a question has no ", lower(w->a, type), "; tables are named after FROM");
    } else if (str_eq_z(type, "BASE_TABLE")) {
        Str name = json_get_text(node, "table_name"), schema = json_get_text(node, "schema_name");
        if (schema.len || json_get_text(node, "catalog_name").len)
            walk_wrong(w, "a dataset is named alone, without \"",
                       schema.len ? schema : json_get_text(node, "catalog_name"), "\" before it");
        json_put_bool(w->tables, str_z(w->a, name), true);
    } else if (str_eq_z(type, "TABLE_FUNCTION")) {
        Str name = lower(w->a, json_get_text(json_get(node, "function"), "function_name"));
        if (!LISTED(name, table_functions))
            walk_wrong(w, "", name,
                       "() is not for questions; tables come from datasets, range, generate_series and unnest");
    }
}

static void walk(Walk *w, const Json *node, bool in_cte_map)
{
    if (++w->depth > DEPTH_MAX) walk_wrong(w, "the question is nested too deeply", STR_NONE, "");
    if (w->wrong.len) return;
    if (json_is_array(node)) {
        for (size_t i = 0; i < json_array_size(node); i++) walk(w, json_array_get(node, i), in_cte_map);
    } else if (json_is_object(node)) {
        const char *key;
        Json       *value;
        Str class = json_get_text(node, "class");
        bool is_ref = json_get(node, "sample") && json_get(node, "alias") && !class.len &&
                      json_get(node, "type");
        if (is_ref) ref_seen(w, node);
        if (str_eq_z(class, "FUNCTION")) {
            Str name = lower(w->a, json_get_text(node, "function_name"));
            if (LISTED(name, refused_functions)) walk_wrong(w, "", name, "() is not for questions");
        }
        if (str_eq_z(class, "PARAMETER")) walk_wrong(w, "a question has no parameters such as $1", STR_NONE, "");
        if (in_cte_map && json_get(node, "key")) cte_seen(w, json_get_text(node, "key"));
        if (json_get(node, "cte_name")) cte_seen(w, json_get_text(node, "cte_name"));
        json_object_foreach((Json *)node, key, value)
            walk(w, value, strcmp(key, "cte_map") == 0 || (in_cte_map && strcmp(key, "map") == 0));
    }
    w->depth--;
}

/* The tables that the question names, but for its own. */
static bool question_look(Child *c, Json **tables)
{
    DuckValue    tree, given = DUCK_TEXT_OF(c->sql);
    Err          err = { 0 };
    json_error_t unread;
    if (!duck_ask_one(c->run, c->a,
                      S("SELECT CAST(json_serialize_sql(CAST($1 AS VARCHAR)) AS VARCHAR)"), &given,
                      1, &tree, &err)) {
        say_err(c, &err);
        return false;
    }
    /* Places in the question go up to 2^64 - 1. */
    Json *read = json_loadb(tree.text.at, tree.text.len, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &unread);
    if (!read) {
        say_wrong(c, "question", S("the question is nested too deeply"), 0, 0);
        return false;
    }
    read = json_adopt(c->a, read);
    if (json_get_bool(read, "error")) {
        Str     text = json_get_text(read, "error_message"), position = json_get_text(read, "position");
        int64_t offset, line = 0, column = 0;
        if (str_to_i64(position, &offset)) place_of(c->sql, (size_t)offset, &line, &column);
        if (str_has(text, S("Only SELECT"))) text = S("a question is a SELECT: it reads, and changes nothing");
        say_wrong(c, "question", text, line, column);
        return false;
    }
    Walk w = { .a = c->a, .tables = json_object_make(c->a), .ctes = json_object_make(c->a) };
    if (json_array_size(json_get(read, "statements")) != 1) w.wrong = S("a question is one SELECT");
    walk(&w, json_get(read, "statements"), false);
    if (w.wrong.len) {
        say_wrong(c, "question", w.wrong, 0, 0);
        return false;
    }
    const char *name;
    Json       *value;
    *tables = json_array_make(c->a);
    json_object_foreach(w.tables, name, value)
    {
        bool own = json_get(w.ctes, str_z(c->a, lower(c->a, str_of(name))));
        if (!own) json_add_text(*tables, str_of(name));
    }
    return true;
}

static bool tables_receive(Child *c)
{
    Str          frame;
    bool         late;
    json_error_t unread;
    if (!wire_receive(WIRE_CHILD_FD, c->a, 0, &frame, &late)) return false;
    Json  *told = json_adopt(c->a, json_loadb(frame.at, frame.len, 0, &unread));
    size_t parts = (size_t)json_get_integer(told, "parts", 0);
    for (size_t i = 0; i < parts && i < FILES_MAX; i++)
        if (!wire_receive_file(WIRE_CHILD_FD, &c->files[i])) return false;
    const Json *views = json_get(told, "views");
    for (size_t i = 0; i < json_array_size(views); i++) {
        Err err = { 0 };
        if (duck_do(c->run, json_text(json_array_get(views, i)), &err)) continue;
        say_wrong(c, err.code == ERR_TOO_BIG ? "memory" : "internal", str_of(err.text), 0, 0);
        return false;
    }
    return true;
}

static Str name_apart(Child *c, Json *taken, Str name)
{
    Str told = name;
    for (int n = 2; json_get(taken, str_z(c->a, told)); n++) told = str_format(c->a, "%.*s_%d", STR_ARG(name), n);
    json_put_bool(taken, str_z(c->a, told), true);
    return told;
}

static void columns_say(Child *c, const DuckAnswer *answer)
{
    Json *frame = json_object_make(c->a), *list = json_array_make(c->a), *taken = json_object_make(c->a);
    for (size_t i = 0; i < duck_column_count(answer); i++) {
        Json *one = json_object_make(c->a);
        json_put_text(one, "name", name_apart(c, taken, duck_column_name(answer, i)));
        json_put_text(one, "type", duck_column_sql_type(answer, i));
        json_add_value(list, one);
    }
    json_put_value(frame, "columns", list);
    say(c->a, frame);
}

static bool row_put(Buf *out, const DuckValue *row, size_t n)
{
    char number[40];
    for (size_t i = 0; i < n; i++) {
        buf_put_byte(out, i ? ',' : '[');
        switch (row[i].type) {
        case DUCK_NULL: buf_put_z(out, "null"); break;
        case DUCK_BOOL: buf_put_z(out, row[i].yes ? "true" : "false"); break;
        case DUCK_INTEGER: buf_put_integer(out, row[i].integer); break;
        case DUCK_NUMBER:
            for (int digits = 15; digits <= 17; digits++) {
                snprintf(number, sizeof number, "%.*g", digits, row[i].number);
                if (strtod(number, NULL) == row[i].number) break;
            }
            buf_put_z(out, !isfinite(row[i].number) ? "null" : number);
            if (isfinite(row[i].number) && !strpbrk(number, ".e")) buf_put_z(out, ".0");
            break;
        case DUCK_TEXT:
            if (row[i].text.len > VALUE_MAX_BYTES) return false;
            Str    rest = row[i].text;
            size_t whole = rest.len ? strnlen(rest.at, rest.len) : 0;
            buf_put_json(out, (Str){ rest.at, whole }); /* a text ends at a zero character */
            break;
        }
    }
    buf_put_byte(out, ']');
    return true;
}

static bool rows_say(Child *c, DuckAnswer *answer)
{
    const DuckValue *row;
    Buf              out = { 0 };
    Err              err = { 0 };
    size_t           columns = duck_column_count(answer), bytes = 0;
    bool             stopped = false, more = true;
    int64_t          n = 0;
    do {
        buf_clear(&out);
        buf_put_z(&out, "{\"rows\":[");
        for (bool first = true; out.len < BATCH_BYTES; first = false) {
            more = !stopped && duck_next(answer, &row, &err);
            if (!more || n == c->rows || bytes + out.len > CONSOLE_BYTES_MAX) break;
            if (!first) buf_put_byte(&out, ',');
            if (!row_put(&out, row, columns)) {
                say_wrong(c, "question", S("a value is longer than 64 KB; shorten it with left(…)"), 0, 0);
                return false;
            }
            n++;
        }
        stopped = more && (n == c->rows || bytes + out.len > CONSOLE_BYTES_MAX);
        /* At the limit exactly, only a further row makes it one that was stopped. */
        if (stopped && n == c->rows && out.len >= BATCH_BYTES) stopped = duck_next(answer, &row, &err);
        if (err.code != ERR_NONE) {
            say_err(c, &err);
            return false;
        }
        bool end = stopped || !more;
        bytes += out.len;
        buf_putf(&out, "],\"end\":%s,\"stopped\":%s}", end ? "true" : "false", stopped ? "true" : "false");
        wire_send(WIRE_CHILD_FD, buf_str(&out));
        if (end) break;
    } while (true);
    buf_free(&out);
    return true;
}

static void answer(Child *c)
{
    Json       *tables, *frame = json_object_make(c->a);
    DuckAnswer *result;
    Err         err = { 0 };
    if (!question_look(c, &tables)) return;
    json_put_value(frame, "tables", tables);
    say(c->a, frame);
    if (!tables_receive(c)) return;
    if (!duck_ask(c->run, c->a, c->sql, NULL, 0, &result, &err)) {
        say_err(c, &err);
        return;
    }
    columns_say(c, result);
    rows_say(c, result);
}

static bool begin(Child *c, char **argv, SandboxRules *rules, Err *err)
{
    Duck *duck;
    bool  late;
    Str   sql;
    rules->memory_bytes = strtoull(argv[1], NULL, 10) + BESIDE_BYTES;
    rules->cpu_seconds = strtoull(argv[2], NULL, 10) * THREADS + 1;
    rules->files = c->files;
    rules->file_count = FILES_MAX;
    c->rows = strtoll(argv[3], NULL, 10);
    DuckOptions options = { .threads = THREADS, .only_folder = SANDBOX_FOLDER };
    options.memory_bytes = strtoull(argv[1], NULL, 10);
    if (!duck_open(&options, &duck, err) || !duck_run_open(duck, &c->run, err) ||
        !sandbox_enter(rules, err))
        return false;
    if (!wire_receive(WIRE_CHILD_FD, c->a, 0, &sql, &late)) return fail(err, ERR_INTERNAL, "no question");
    c->sql = sql;
    return true;
}

bool console_child(int argc, char **argv, int *code)
{
    if (argc != 4 || strcmp(argv[0], WIRE_NAME) != 0) return false;
    static Child  c; /* too large for a stack; the rules of the sandbox point to it for good */
    SandboxRules *rules = calloc(1, sizeof *rules);
    Err           err = { 0 };
    *code = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    syscall(SYS_close_range, WIRE_CHILD_FD + 1, ~0U, 0);
    setpriority(PRIO_PROCESS, 0, NICENESS);
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 2 * FILES_MAX, 2 * FILES_MAX });
    memset(c.files, -1, sizeof c.files);
    c.a = arena_open((size_t)64 << 20);
    if (!rules || !begin(&c, argv, rules, &err)) say_wrong(&c, "internal", str_of(err.text), 0, 0);
    else answer(&c);
    _exit(0); /* the engine's threads end with the process */
}
