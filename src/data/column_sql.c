#include "data/column_sql.h"

#include "data/duck.h"

static void cast_put(const Column *column, bool none, Buf *sql)
{
    buf_put_z(sql, none ? "CAST(NULL" : "TRY_CAST(");
    if (!none) sql_name(sql, column->name);
    buf_putf(sql, " AS %s) AS ", column_type_sql(column->type));
    sql_name(sql, column->name);
    buf_put_z(sql, ", ");
}

void columns_typed_put(const Column *columns, size_t n, Buf *sql)
{
    for (size_t i = 0; i < n; i++) cast_put(&columns[i], false, sql);
}

void columns_none_put(const Column *columns, size_t n, Buf *sql)
{
    for (size_t i = 0; i < n; i++) cast_put(&columns[i], true, sql);
}
