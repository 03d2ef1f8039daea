/* DuckDB behind duck.h: instances, connections, and rows read from its column vectors. */
#include "data/duck_inside.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/thread.h"

struct Duck {
    duckdb_database database;
};

struct DuckRun {
    duckdb_connection connection;
};

struct DuckAnswer {
    duckdb_prepared_statement prepared;
    duckdb_result             result;
    duckdb_data_chunk         chunk;
    bool                      has_result;
    size_t                    columns;
    Str                      *names, *types;
    duckdb_type              *vector_types;
    DuckValue                *row;
    idx_t                     next, rows; /* in the chunk */
};

void sql_name(Buf *out, Str name)
{
    buf_put_byte(out, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] == '"') buf_put_byte(out, '"');
        buf_put_byte(out, name.at[i]);
    }
    buf_put_byte(out, '"');
}

void sql_text(Buf *out, Str text)
{
    buf_put_byte(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\'') buf_put_byte(out, '\'');
        buf_put_byte(out, text.at[i]);
    }
    buf_put_byte(out, '\'');
}

#define DICTIONARY_BYTES ((size_t)64 << 20)
#define DICTIONARY_USUAL ((size_t)1 << 20)

void sql_parquet(Buf *out, size_t columns)
{
    size_t each = DICTIONARY_BYTES / (columns + 1);
    buf_put_z(out, " (FORMAT parquet, COMPRESSION zstd, WRITE_BLOOM_FILTER false");
    if (each < DICTIONARY_USUAL) buf_putf(out, ", STRING_DICTIONARY_PAGE_SIZE_LIMIT %zu", each);
}

static bool duck_fail(Err *err, duckdb_error_type type, const char *what)
{
    Str text = str_of(what ? what : "no reason given");
    if (text.len > 400) text.len = 400;
    switch (type) {
    case DUCKDB_ERROR_OUT_OF_MEMORY:
        return fail(
            err, ERR_TOO_BIG,
            "it takes more memory than the setting \"data_memory\" of node.json lets it have: "
            "raise it, or let it be less (fewer columns or rows at once)");
    case DUCKDB_ERROR_INTERRUPT: return fail(err, ERR_BUSY, "stopped: it took too long");
    case DUCKDB_ERROR_IO:
        if (str_has(text, S("No space left")) || str_has(text, S("quota")))
            return fail(err, ERR_DISK_FULL, "%.*s", STR_ARG(text));
        return fail(err, ERR_STORE, "%.*s", STR_ARG(text));
    case DUCKDB_ERROR_PERMISSION: return fail(err, ERR_FORBIDDEN, "%.*s", STR_ARG(text));
    case DUCKDB_ERROR_INTERNAL:
    case DUCKDB_ERROR_FATAL: return fail(err, ERR_INTERNAL, "%.*s", STR_ARG(text));
    default: return fail(err, ERR_FORMAT, "%.*s", STR_ARG(text));
    }
}

static bool config_put(duckdb_config config, const char *name, const char *value, Err *err)
{
    return duckdb_set_config(config, name, value) == DuckDBSuccess ||
           fail(err, ERR_INTERNAL, "DuckDB has no setting %s=%s", name, value);
}

static bool config_fill(duckdb_config config, const DuckOptions *options, Err *err)
{
    char     memory[32], threads[24];
    uint64_t bytes = options->memory_bytes ? options->memory_bytes : DUCK_MEMORY_DEFAULT;
    long     cores = options->threads ? options->threads : sysconf(_SC_NPROCESSORS_ONLN);
    snprintf(memory, sizeof memory, "%" PRIu64 "KiB", bytes / 1024);
    snprintf(threads, sizeof threads, "%ld", cores < 1 ? 1 : cores);
    return config_put(config, "memory_limit", memory, err) && config_put(config, "threads", threads, err) &&
           config_put(config, "temp_directory", options->folder ? options->folder : "", err) &&
           config_put(config, "autoinstall_known_extensions", "false", err) &&
           config_put(config, "autoload_known_extensions", "false", err) &&
           config_put(config, "allow_community_extensions", "false", err);
}

static bool do_once(Duck *duck, Str sql, Err *err)
{
    DuckRun *run;
    if (!duck_run_open(duck, &run, err)) return false;
    bool ok = duck_do(run, sql, err);
    duck_run_close(run);
    return ok;
}

/* After the instance has opened: from here on those files only. */
static bool lock_in(Duck *duck, const DuckOptions *options, Err *err)
{
    Buf sql = { 0 };
    buf_put_z(&sql, "SET allowed_paths=[");
    for (size_t i = 0; i < options->only_file_count; i++) {
        if (i) buf_put_byte(&sql, ',');
        sql_text(&sql, options->only_files[i]);
    }
    if (options->only_folder) {
        buf_put_z(&sql, "]; SET allowed_directories=[");
        sql_text(&sql, str_of(options->only_folder));
    }
    buf_put_z(&sql, "]; SET enable_external_access=false; SET lock_configuration=true");
    bool ok = do_once(duck, buf_str(&sql), err);
    buf_free(&sql);
    return ok;
}

typedef struct {
    int              niceness;
    duckdb_config    config;
    duckdb_database *out;
    char            *said;
    bool             ok;
} Opening;

/* The engine's threads are begun here, and are as nice as this one. */
static void *open_instance(void *given)
{
    Opening *o = given;
    if (o->niceness) thread_give_way(o->niceness);
    o->ok = duckdb_open_ext(NULL, o->out, o->config, &o->said) == DuckDBSuccess;
    return NULL;
}

static bool instance_open(Opening *o, Err *err)
{
    pthread_t thread;
    if (o->niceness && pthread_create(&thread, NULL, open_instance, o) != 0)
        return fail(err, ERR_BUSY, "no thread to open DuckDB");
    if (o->niceness) pthread_join(thread, NULL);
    else open_instance(o);
    if (!o->ok) fail(err, ERR_INTERNAL, "DuckDB does not open: %s", o->said ? o->said : "no reason given");
    duckdb_free(o->said);
    return o->ok;
}

static bool functions_add(Duck *duck, const DuckOptions *options, Err *err)
{
    DuckRun *run;
    bool     ok = true;
    if (!options->function_count && !options->text_functions) return true;
    if (!duck_run_open(duck, &run, err)) return false;
    for (size_t i = 0; ok && i < options->function_count; i++)
        ok = duck_function_add(run->connection, &options->functions[i], err);
    for (const DuckTextFunction *const *f = options->text_functions; ok && f && *f; f++)
        ok = duck_text_function_add(run->connection, *f, err);
    duck_run_close(run);
    return ok;
}

bool duck_open(const DuckOptions *options, Duck **out, Err *err)
{
    duckdb_config config = NULL;
    Duck          duck = { 0 };
    if (options->folder && !folder_make(options->folder, err)) return false;
    if (duckdb_create_config(&config) != DuckDBSuccess) memory_end(sizeof config);
    bool ok = config_fill(config, options, err) &&
              instance_open(&(Opening){ options->niceness, config, &duck.database, NULL, false }, err);
    duckdb_destroy_config(&config);
    if (ok && (!do_once(&duck, S("SET GLOBAL parquet_metadata_cache=true"), err) || /* parts never change */
               !functions_add(&duck, options, err) ||
               ((options->only_files || options->only_folder) && !lock_in(&duck, options, err)))) {
        duckdb_close(&duck.database);
        ok = false;
    }
    if (!ok) return false;
    *out = malloc(sizeof **out);
    if (!*out) memory_end(sizeof **out);
    **out = duck;
    return true;
}

void duck_close(Duck *duck)
{
    if (!duck) return;
    duckdb_close(&duck->database);
    free(duck);
}

bool duck_run_open(Duck *duck, DuckRun **out, Err *err)
{
    DuckRun *run = calloc(1, sizeof *run);
    if (!run) memory_end(sizeof *run);
    if (duckdb_connect(duck->database, &run->connection) != DuckDBSuccess) {
        free(run);
        return fail(err, ERR_INTERNAL, "DuckDB gives no connection");
    }
    *out = run;
    return true;
}

void duck_run_close(DuckRun *run)
{
    if (!run) return;
    duckdb_disconnect(&run->connection);
    free(run);
}

void duck_stop(DuckRun *run)
{
    duckdb_interrupt(run->connection);
}

double duck_share(DuckRun *run)
{
    double percent = duckdb_query_progress(run->connection).percentage;
    return percent > 0 && percent <= 100 ? percent / 100 : 0;
}

/* A copy with a final zero: DuckDB takes C strings. */
static char *z_of(Str s)
{
    char *z = malloc(s.len + 1);
    if (!z) memory_end(s.len + 1);
    if (s.len) memcpy(z, s.at, s.len);
    z[s.len] = 0;
    return z;
}

bool duck_do(DuckRun *run, Str sql, Err *err)
{
    char         *z = z_of(sql);
    duckdb_result result;
    bool          ok = duckdb_query(run->connection, z, &result) == DuckDBSuccess;
    if (!ok) duck_fail(err, duckdb_result_error_type(&result), duckdb_result_error(&result));
    duckdb_destroy_result(&result);
    free(z);
    return ok;
}

static bool bind(duckdb_prepared_statement prepared, idx_t i, const DuckValue *value)
{
    switch (value->type) {
    case DUCK_NULL: return duckdb_bind_null(prepared, i) == DuckDBSuccess;
    case DUCK_BOOL: return duckdb_bind_boolean(prepared, i, value->yes) == DuckDBSuccess;
    case DUCK_INTEGER: return duckdb_bind_int64(prepared, i, value->integer) == DuckDBSuccess;
    case DUCK_NUMBER: return duckdb_bind_double(prepared, i, value->number) == DuckDBSuccess;
    case DUCK_TEXT:
        return duckdb_bind_varchar_length(prepared, i, value->text.at ? value->text.at : "", value->text.len) ==
               DuckDBSuccess;
    }
    return false;
}

static const char *const type_names[] = {
    [DUCKDB_TYPE_BOOLEAN] = "BOOLEAN",
    [DUCKDB_TYPE_TINYINT] = "TINYINT",
    [DUCKDB_TYPE_SMALLINT] = "SMALLINT",
    [DUCKDB_TYPE_INTEGER] = "INTEGER",
    [DUCKDB_TYPE_BIGINT] = "BIGINT",
    [DUCKDB_TYPE_UTINYINT] = "UTINYINT",
    [DUCKDB_TYPE_USMALLINT] = "USMALLINT",
    [DUCKDB_TYPE_UINTEGER] = "UINTEGER",
    [DUCKDB_TYPE_UBIGINT] = "UBIGINT",
    [DUCKDB_TYPE_FLOAT] = "FLOAT",
    [DUCKDB_TYPE_DOUBLE] = "DOUBLE",
    [DUCKDB_TYPE_TIMESTAMP] = "TIMESTAMP",
    [DUCKDB_TYPE_DATE] = "DATE",
    [DUCKDB_TYPE_TIME] = "TIME",
    [DUCKDB_TYPE_INTERVAL] = "INTERVAL",
    [DUCKDB_TYPE_HUGEINT] = "HUGEINT",
    [DUCKDB_TYPE_UHUGEINT] = "UHUGEINT",
    [DUCKDB_TYPE_VARCHAR] = "VARCHAR",
    [DUCKDB_TYPE_BLOB] = "BLOB",
    [DUCKDB_TYPE_DECIMAL] = "DECIMAL",
    [DUCKDB_TYPE_TIMESTAMP_S] = "TIMESTAMP_S",
    [DUCKDB_TYPE_TIMESTAMP_MS] = "TIMESTAMP_MS",
    [DUCKDB_TYPE_TIMESTAMP_NS] = "TIMESTAMP_NS",
    [DUCKDB_TYPE_ENUM] = "ENUM",
    [DUCKDB_TYPE_LIST] = "LIST",
    [DUCKDB_TYPE_STRUCT] = "STRUCT",
    [DUCKDB_TYPE_MAP] = "MAP",
    [DUCKDB_TYPE_ARRAY] = "ARRAY",
    [DUCKDB_TYPE_UUID] = "UUID",
    [DUCKDB_TYPE_UNION] = "UNION",
    [DUCKDB_TYPE_BIT] = "BIT",
    [DUCKDB_TYPE_TIME_TZ] = "TIME WITH TIME ZONE",
    [DUCKDB_TYPE_TIMESTAMP_TZ] = "TIMESTAMP WITH TIME ZONE",
    [DUCKDB_TYPE_SQLNULL] = "NULL",
};

/* Types whose vectors are read as they are; the others are asked for as text or numbers. */
static const char *type_cast(duckdb_type type)
{
    switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_VARCHAR: return NULL;
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER: return "CAST(%s AS BIGINT)";
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DECIMAL:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
    case DUCKDB_TYPE_UBIGINT: return "CAST(%s AS DOUBLE)";
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS: return "replace(CAST(%s AS VARCHAR), ' ', 'T')";
    case DUCKDB_TYPE_TIMESTAMP_TZ: return "replace(CAST(CAST(%s AS TIMESTAMP) AS VARCHAR), ' ', 'T') || 'Z'";
    default: return "CAST(%s AS VARCHAR)";
    }
}

/* The same for who reads vectors. */
static const char *type_cast_of_vector(duckdb_type type)
{
    switch (type) {
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_DATE:
    case DUCKDB_TYPE_TIME:
    case DUCKDB_TYPE_TIMESTAMP: return NULL;
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS: return "CAST(%s AS TIMESTAMP)";
    default: return type_cast(type);
    }
}

typedef const char *(*TypeCast)(duckdb_type type);

/* The statement around `sql` that gives only types which are read as they are; empty when `sql` does. */
static Str sql_simple(Arena *a, DuckAnswer *answer, TypeCast cast_of, Str sql)
{
    Buf *out = buf_open(a);
    bool needed = false;
    buf_put_z(out, "SELECT ");
    for (size_t i = 0; i < answer->columns; i++) {
        duckdb_type type = duckdb_prepared_statement_column_type(answer->prepared, i);
        const char *cast = cast_of(type),
                   *name = type < sizeof type_names / sizeof *type_names ? type_names[type] : NULL;
        Str column = str_format(a, "c%zu", i);
        answer->types[i] = name ? str_of(name) : S("VARCHAR");
        Cut around = str_cut(cast ? str_of(cast) : S("%s"), '%');
        buf_putf(out, "%s%.*s%.*s%.*s AS ", i ? ", " : "", STR_ARG(around.head), STR_ARG(column),
                 STR_ARG(str_drop(around.tail, 1)));
        sql_name(out, answer->names[i]);
        needed = needed || cast;
    }
    while (sql.len && (sql.at[sql.len - 1] == ';' || str_trim(sql).len < sql.len)) {
        sql = str_trim(sql);
        if (str_ends(sql, S(";"))) sql.len--;
    }
    buf_putf(out, " FROM (\n%.*s\n) AS t(", STR_ARG(sql));
    for (size_t i = 0; i < answer->columns; i++) buf_putf(out, "%sc%zu", i ? "," : "", i);
    buf_put_byte(out, ')');
    return needed ? buf_str(out) : STR_NONE;
}

static bool prepare(DuckRun *run, Arena *a, Str sql, duckdb_prepared_statement *out, Err *err)
{
    if (duckdb_prepare(run->connection, str_z(a, sql), out) == DuckDBSuccess) return true;
    /* The prepared statement carries no error type; the text begins with its name. */
    const char       *what = duckdb_prepare_error(*out);
    Str               text = str_of(what);
    duckdb_error_type type = str_starts(text, S("IO Error"))           ? DUCKDB_ERROR_IO
                             : str_starts(text, S("Permission Error")) ? DUCKDB_ERROR_PERMISSION
                                                                       : DUCKDB_ERROR_INVALID_INPUT;
    duck_fail(err, type, what);
    duckdb_destroy_prepare(out);
    return false;
}

static void answer_end(void *with)
{
    DuckAnswer *answer = with;
    duckdb_destroy_data_chunk(&answer->chunk);
    if (answer->has_result) duckdb_destroy_result(&answer->result);
    answer->has_result = false;
    duckdb_destroy_prepare(&answer->prepared);
}

void duck_answer_close(DuckAnswer *answer)
{
    if (answer) answer_end(answer);
}

static void names_fill(Arena *a, DuckAnswer *answer)
{
    answer->columns = duckdb_prepared_statement_column_count(answer->prepared);
    answer->names = NEW_ARRAY(a, Str, answer->columns + 1);
    answer->types = NEW_ARRAY(a, Str, answer->columns + 1);
    answer->vector_types = NEW_ARRAY(a, duckdb_type, answer->columns + 1);
    answer->row = NEW_ARRAY(a, DuckValue, answer->columns + 1);
    for (size_t i = 0; i < answer->columns; i++) {
        const char *name = duckdb_prepared_statement_column_name(answer->prepared, i);
        answer->names[i] = str_copy(a, str_of(name));
        duckdb_free((void *)name);
    }
}

static bool ask(DuckRun *run, Arena *a, Str sql, TypeCast cast_of, const DuckValue *given, size_t n, DuckAnswer **out,
                Err *err)
{
    DuckAnswer *answer = NEW(a, DuckAnswer);
    arena_adopt(a, answer, answer_end);
    if (!prepare(run, a, sql, &answer->prepared, err)) return false;
    names_fill(a, answer);
    Str around = sql_simple(a, answer, cast_of, sql);
    if (around.len) {
        duckdb_destroy_prepare(&answer->prepared);
        if (!prepare(run, a, around, &answer->prepared, err)) return false;
    }
    for (size_t i = 0; i < n; i++)
        if (!bind(answer->prepared, i + 1, &given[i]))
            return fail(err, ERR_INTERNAL, "the statement takes no parameter %zu", i + 1);
    bool ok = duckdb_execute_prepared_streaming(answer->prepared, &answer->result) == DuckDBSuccess;
    answer->has_result = true;
    if (!ok) return duck_fail(err, duckdb_result_error_type(&answer->result), duckdb_result_error(&answer->result));
    for (size_t i = 0; i < answer->columns; i++) answer->vector_types[i] = duckdb_column_type(&answer->result, i);
    *out = answer;
    return true;
}

bool duck_ask(DuckRun *run, Arena *a, Str sql, const DuckValue *given, size_t n, DuckAnswer **out, Err *err)
{
    return ask(run, a, sql, type_cast, given, n, out, err);
}

bool duck_ask_vectors(DuckRun *run, Arena *a, Str sql, const DuckValue *given, size_t n, DuckAnswer **out, Err *err)
{
    return ask(run, a, sql, type_cast_of_vector, given, n, out, err);
}

size_t duck_column_count(const DuckAnswer *answer)
{
    return answer->columns;
}

Str duck_column_name(const DuckAnswer *answer, size_t i)
{
    return answer->names[i];
}

Str duck_column_sql_type(const DuckAnswer *answer, size_t i)
{
    return answer->types[i];
}

static DuckValue value_at(duckdb_vector vector, duckdb_type type, idx_t row)
{
    DuckValue value = { 0 };
    uint64_t *validity = duckdb_vector_get_validity(vector);
    void     *data = duckdb_vector_get_data(vector);
    if (validity && !duckdb_validity_row_is_valid(validity, row)) return value;
    switch (type) {
    case DUCKDB_TYPE_BOOLEAN: return (DuckValue){ .type = DUCK_BOOL, .yes = ((bool *)data)[row] };
    case DUCKDB_TYPE_BIGINT: return DUCK_INTEGER_OF(((int64_t *)data)[row]);
    case DUCKDB_TYPE_DOUBLE: return DUCK_NUMBER_OF(((double *)data)[row]);
    case DUCKDB_TYPE_VARCHAR: {
        duckdb_string_t *text = &((duckdb_string_t *)data)[row];
        return DUCK_TEXT_OF(((Str){ duckdb_string_t_data(text), duckdb_string_t_length(*text) }));
    }
    default: return value;
    }
}

/* False at the end and on failure. */
static bool chunk_next(DuckAnswer *answer, Err *err)
{
    *err = (Err){ 0 };
    duckdb_destroy_data_chunk(&answer->chunk);
    answer->chunk = duckdb_fetch_chunk(answer->result);
    answer->next = 0;
    answer->rows = answer->chunk ? duckdb_data_chunk_get_size(answer->chunk) : 0;
    const char *what = answer->chunk ? NULL : duckdb_result_error(&answer->result);
    if (what && *what) duck_fail(err, duckdb_result_error_type(&answer->result), what);
    return answer->rows > 0;
}

bool duck_next(DuckAnswer *answer, const DuckValue **row, Err *err)
{
    *err = (Err){ 0 };
    if (answer->next == answer->rows && !chunk_next(answer, err)) return false;
    for (size_t i = 0; i < answer->columns; i++)
        answer->row[i] =
            value_at(duckdb_data_chunk_get_vector(answer->chunk, i), answer->vector_types[i], answer->next);
    answer->next++;
    *row = answer->row;
    return true;
}

_Static_assert(sizeof(DuckText) == sizeof(duckdb_string_t), "texts lie in vectors as duckdb_string_t");

static bool vector_type(duckdb_type type, DuckVectorType *out, Err *err)
{
    switch (type) {
    case DUCKDB_TYPE_BOOLEAN: *out = DUCK_VECTOR_BOOL; return true;
    case DUCKDB_TYPE_INTEGER: *out = DUCK_VECTOR_INT32; return true;
    case DUCKDB_TYPE_BIGINT: *out = DUCK_VECTOR_INT64; return true;
    case DUCKDB_TYPE_DOUBLE: *out = DUCK_VECTOR_DOUBLE; return true;
    case DUCKDB_TYPE_VARCHAR: *out = DUCK_VECTOR_TEXT; return true;
    case DUCKDB_TYPE_DATE: *out = DUCK_VECTOR_DATE; return true;
    case DUCKDB_TYPE_TIME: *out = DUCK_VECTOR_TIME; return true;
    case DUCKDB_TYPE_TIMESTAMP: *out = DUCK_VECTOR_STAMP; return true;
    default: return fail(err, ERR_INTERNAL, "vectors of type %d are not read", (int)type);
    }
}

bool duck_next_vectors(DuckAnswer *answer, size_t *rows, DuckVector *vectors, Err *err)
{
    if (!chunk_next(answer, err)) return false;
    for (size_t i = 0; i < answer->columns; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(answer->chunk, i);
        vectors[i].data = duckdb_vector_get_data(vector);
        vectors[i].valid = duckdb_vector_get_validity(vector);
        if (!vector_type(answer->vector_types[i], &vectors[i].type, err)) return false;
    }
    *rows = answer->rows;
    return true;
}

Str duck_number_text(Arena *a, double number)
{
    duckdb_value value = duckdb_create_double(number);
    char        *text = duckdb_get_varchar(value);
    Str          copy = str_copy(a, str_of(text ? text : ""));
    duckdb_free(text);
    duckdb_destroy_value(&value);
    return copy;
}

bool duck_ask_one(DuckRun *run, Arena *a, Str sql, const DuckValue *given, size_t n, DuckValue *out, Err *err)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    if (!duck_ask(run, a, sql, given, n, &answer, err)) return false;
    bool ok = duck_next(answer, &row, err);
    if (!ok && err->code == ERR_NONE) fail(err, ERR_INTERNAL, "the question has no answer");
    if (ok) {
        *out = row[0];
        if (out->type == DUCK_TEXT) out->text = str_copy(a, out->text);
    }
    duck_answer_close(answer);
    return ok;
}

bool duck_append_integers(DuckRun *run, const char *table, const int64_t *values, size_t n, Err *err)
{
    duckdb_appender to = NULL;
    bool            ok = duckdb_appender_create(run->connection, NULL, table, &to) == DuckDBSuccess;
    for (size_t i = 0; ok && i < n; i++)
        ok = duckdb_append_int64(to, values[i]) == DuckDBSuccess && duckdb_appender_end_row(to) == DuckDBSuccess;
    ok = ok && duckdb_appender_close(to) == DuckDBSuccess;
    if (!ok) {
        duckdb_error_data said = to ? duckdb_appender_error_data(to) : NULL;
        duck_fail(err, said ? duckdb_error_data_error_type(said) : DUCKDB_ERROR_INVALID_INPUT,
                  said ? duckdb_error_data_message(said) : NULL);
        duckdb_destroy_error_data(&said);
    }
    duckdb_appender_destroy(&to);
    return ok;
}
