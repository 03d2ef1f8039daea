/* A schema and a value: compiling refuses or makes a tree, checking ends, and what is wrong has its place
   in the value and is at least one problem. The input is the schema, a line end, the value. */
#include "core/schema.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const Json *no_document(void *with, Str uri)
{
    return str_eq_z(uri, "test:other") ? with : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Arena  *a = arena_open(0);
    Err     err;
    Json   *document, *value;
    Schema *schema;
    Cut     cut = str_cut((Str){ (const char *)bytes, n }, '\n');
    if (json_read(a, cut.head, &document, &err) && json_read(a, cut.tail, &value, &err) &&
        schema_open(document, no_document, document, &schema, &err)) {
        Problems problems, again;
        bool     ok = schema_check(schema, a, value, &problems);
        if (ok != (problems.count == 0)) abort();
        if (schema_check(schema, a, value, &again) != ok || again.count != problems.count) abort();
        for (size_t i = 0; i < problems.count; i++) {
            if (!str_starts(problems.at[i].key, S("problem."))) abort();
            /* A field that is missing has a place, too, but no value there. */
            bool missing = str_eq_z(problems.at[i].key, "problem.required");
            if (!missing && !json_at(value, problems.at[i].pointer)) abort();
        }
        schema_close(schema);
    }
    arena_close(a);
    return 0;
}
