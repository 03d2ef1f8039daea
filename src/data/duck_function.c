/* Functions of ours in SQL: rows come as column vectors, a few thousand at once. */
#include "data/duck_inside.h"

static bool is_there(uint64_t *validity, idx_t row)
{
    return !validity || duckdb_validity_row_is_valid(validity, row);
}

static Str *texts_of(Arena *a, duckdb_vector vector, idx_t n)
{
    uint64_t        *validity = duckdb_vector_get_validity(vector);
    duckdb_string_t *texts = duckdb_vector_get_data(vector);
    Str             *out = NEW_ARRAY(a, Str, n + 1);
    for (idx_t i = 0; i < n; i++)
        if (is_there(validity, i))
            out[i] = (Str){ duckdb_string_t_data(&texts[i]), duckdb_string_t_length(texts[i]) };
    return out;
}

static void function_call(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    const DuckFunction *f = duckdb_scalar_function_get_extra_info(info);
    idx_t               n = duckdb_data_chunk_get_size(input);
    duckdb_vector       vector[3];
    uint64_t           *validity[3];
    for (idx_t i = 0; i < 3; i++) {
        vector[i] = duckdb_data_chunk_get_vector(input, i);
        validity[i] = duckdb_vector_get_validity(vector[i]);
    }
    double *x = duckdb_vector_get_data(vector[0]), *y = duckdb_vector_get_data(vector[1]);
    Arena  *a = arena_open(0);
    f->of(x, y, texts_of(a, vector[2], n), n, duckdb_vector_get_data(output));
    duckdb_vector_ensure_validity_writable(output);
    uint64_t *known = duckdb_vector_get_validity(output);
    for (idx_t i = 0; i < n; i++)
        if (!is_there(validity[0], i) || !is_there(validity[1], i) || !is_there(validity[2], i))
            duckdb_validity_set_row_invalid(known, i);
    arena_close(a);
}

static void text_function_call(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    const DuckTextFunction *f = duckdb_scalar_function_get_extra_info(info);
    idx_t                   n = duckdb_data_chunk_get_size(input);
    duckdb_vector           x = duckdb_data_chunk_get_vector(input, 0), y = duckdb_data_chunk_get_vector(input, 1);
    uint64_t               *x_there = duckdb_vector_get_validity(x), *y_there = duckdb_vector_get_validity(y);
    Arena                  *a = arena_open(0);
    bool                   *none = NEW_ARRAY(a, bool, n + 1);
    for (idx_t i = 0; i < n; i++) none[i] = !is_there(x_there, i) || !is_there(y_there, i);
    f->of(texts_of(a, x, n), texts_of(a, y, n), n, duckdb_vector_get_data(output), none);
    duckdb_vector_ensure_validity_writable(output);
    uint64_t *known = duckdb_vector_get_validity(output);
    for (idx_t i = 0; i < n; i++)
        if (none[i]) duckdb_validity_set_row_invalid(known, i);
    arena_close(a);
}

/* Takes `count` parameters of these types. */
static bool add(duckdb_connection connection, const char *name, const duckdb_type *types, size_t count,
                duckdb_type result, const void *with, duckdb_scalar_function_t call, Err *err)
{
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(function, name);
    for (size_t i = 0; i < count; i++) {
        duckdb_logical_type type = duckdb_create_logical_type(types[i]);
        duckdb_scalar_function_add_parameter(function, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_logical_type type = duckdb_create_logical_type(result);
    duckdb_scalar_function_set_return_type(function, type);
    duckdb_destroy_logical_type(&type);
    duckdb_scalar_function_set_extra_info(function, (void *)with, NULL);
    duckdb_scalar_function_set_function(function, call);
    bool ok = duckdb_register_scalar_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_scalar_function(&function);
    return ok || fail(err, ERR_INTERNAL, "DuckDB takes no function \"%s\"", name);
}

bool duck_function_add(duckdb_connection connection, const DuckFunction *f, Err *err)
{
    static const duckdb_type types[] = { DUCKDB_TYPE_DOUBLE, DUCKDB_TYPE_DOUBLE, DUCKDB_TYPE_VARCHAR };
    return add(connection, f->name, types, 3, DUCKDB_TYPE_INTEGER, f, function_call, err);
}

bool duck_text_function_add(duckdb_connection connection, const DuckTextFunction *f, Err *err)
{
    static const duckdb_type types[] = { DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR };
    return add(connection, f->name, types, 2, DUCKDB_TYPE_BIGINT, f, text_function_call, err);
}
