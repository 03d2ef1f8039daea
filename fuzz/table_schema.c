/* Any JSON as a Table Schema: what is read are columns of a dataset, each with a name and a type of ours. */
#include "format/table_schema.h"

#include <stdlib.h>

#include "data/column.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void expect(bool ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Arena  *a = arena_open(0);
    Json   *schema, *list, *doc = json_object_make(a);
    Column *columns;
    size_t  count;
    Err     err = { 0 };
    if (json_read(a, (Str){ (const char *)bytes, n }, &schema, &err)) {
        if (table_schema_columns(a, schema, &list, &err)) {
            json_put_value(doc, "columns", list);
            /* A name twice, a role that is none: for columns_read to say. */
            bool ok = columns_read(a, doc, &columns, &count, &err);
            expect(ok ? count == json_array_size(list) : err.code == ERR_INVALID);
        } else {
            expect(err.code == ERR_INVALID);
        }
    }
    arena_close(a);
    return 0;
}
