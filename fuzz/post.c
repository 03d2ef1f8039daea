/* Rows as they are posted, to columns whose every value is plain, so that no engine is asked. The first byte chooses
   what the post says it is. Each row is taken or set aside, in its place; what is taken is one row of the layout. */
#include "data/post.h"

#include <stdlib.h>

#include "data/cells.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static size_t rows_in(Str text)
{
    Cells    c = { .rest = text, .separator = ',', .quote = '"' };
    Str      row;
    uint64_t line;
    size_t   count = 0;
    while (cells_row(&c, &row, &line)) count++;
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const types[] = { "", "application/json", "text/csv", "application/x-ndjson" };
    Str                      from = S("a heading");
    Column                   columns[] = { { .name = S("a"), .type = COLUMN_STRING },
                                           { .name = S("b"), .type = COLUMN_STRING, .from = &from, .from_count = 1 },
                                           { .name = S("site.name"), .type = COLUMN_STRING, .role = ROLE_OF_ID } };
    Arena                   *a;
    PostForm                 form;
    Post                     post;
    Err                      err = { 0 };
    uint64_t                 last = 0;
    if (!n) return 0;
    a = arena_open((size_t)256 << 20);
    if (!post_form(a, columns, 3, &form, &err)) abort();
    if (post_read(NULL, a, &form, str_of(types[bytes[0] % 4]), (Str){ (const char *)bytes + 1, n - 1 }, &post, &err)) {
        for (size_t i = 0; i < post.row_count; i++) {
            if (post.rows[i].place <= last || rows_in(post.rows[i].text) != 1) abort();
            last = post.rows[i].place;
        }
        if (rows_in(post.aside) != post.bad_count || post.row_count + post.bad_count == 0) abort();
    } else if (err.code == ERR_NONE || err.code == ERR_INTERNAL) {
        abort();
    }
    arena_close(a);
    return 0;
}
