/* Queries, texts and excerpts from outside: the first line is the query, the rest are texts, one a line.
   Whatever they are, asking succeeds and an excerpt is well-formed UTF-8 when its text is. */
#include "core/search.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text/collate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Search *index_view(void)
{
    static Search *s;
    static char    folder[] = "/tmp/banyan-fuzz-search-XXXXXX";
    Err            err;
    if (!s && (!mkdtemp(folder) || !search_open(folder, &s, &err))) abort();
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Search    *s = index_view();
    Arena     *a = arena_open(0);
    Cut        input = str_cut((Str){ (const char *)data, size }, '\n');
    Str        query = input.head, lang;
    SearchText texts[4] = { 0 };
    size_t     n = 0;
    for (; n < 4 && input.tail.len; n++) {
        input = str_cut(input.tail, '\n');
        texts[n] = (SearchText){ input.head, S("en"), (int)n * 5 };
    }
    Hits hits;
    Err  err;
    search_add(s, 1, search_doc_make(a, texts, n));
    if (!search_ask(s, a, query, STR_NONE, NULL, 10, &hits, &err) && err.code != ERR_TOO_BIG) abort();
    if (hits.total < hits.count) abort();
    Str excerpt = search_excerpt(a, query, texts, n, 40, &lang);
    for (size_t i = 0; i < n; i++)
        if (!str_is_utf8(texts[i].text)) excerpt = STR_NONE;
    if (!str_is_utf8(excerpt)) abort();
    collate_key(a, query, n ? texts[0].text : STR_NONE);
    search_remove(s, 1);
    if (search_wants_flush(s) && !search_flush(s, 0, &err)) abort();
    arena_close(a);
    return 0;
}
